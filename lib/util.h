/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef COWPEN_UTIL_H
#define COWPEN_UTIL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

/* A growing byte buffer; always NUL-terminated behind @len. Zero-initialise. */
struct buf {
	char *data;
	size_t len, cap;
};

/* All of these abort on lack of memory: a host tool has nothing better to do. */
void buf_add(struct buf *b, const void *data, size_t len);
void buf_printf(struct buf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void buf_free(struct buf *b);
/* Like asprintf(), the string is the caller's to free. */
char *xasprintf(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
char *xstrdup(const char *s);
void *xcalloc(size_t n, size_t size);
void *xrealloc(void *p, size_t size);

/* A number that looks random, the same for the same @text, @n and @seed everywhere. */
uint64_t text_hash(const char *text, uint64_t n, uint64_t seed);

/* Milliseconds of CLOCK_MONOTONIC. */
uint64_t now_ms(void);

/* mkdir -p. 0 or a negative errno with a line. */
int mkdir_p(const char *path);
/* rm -r, as far as it goes; 0 or a negative errno with a line. */
int remove_tree(const char *path);
/* Whole file into @b (appended). 0 or a negative errno with a line. */
int read_file(const char *path, struct buf *b);
/* Write to a temporary name, fsync, rename. 0 or a negative errno with a line. */
int write_file(const char *path, const void *data, size_t len);
/* SHA-256 as 64 hex digits. 0 or a negative errno with a line. */
int sha256_file(const char *path, char hex[65]);
void sha256_data(const void *data, size_t len, char hex[65]);

/*
 * Run @argv (found by PATH), standard input /dev/null, with @env_add (a
 * NULL-terminated list of NAME=value, may be NULL) added to the environment.
 * Standard output is appended to @out if that is not NULL, else inherited;
 * standard error is inherited. Returns the exit status (128 + n for a signal)
 * or a negative errno with a line if it could not be started.
 */
int run_command(char *const argv[], char *const env_add[], struct buf *out);

/* Whoever waits on a pipe hears at least so often that we are still at it. */
#define BEAT_MS 30000

/* The same, and as long as it has not ended @beat is called every BEAT_MS. @out is not NULL. */
int run_command_beat(char *const argv[], char *const env_add[], struct buf *out,
		     void (*beat)(unsigned int seconds, const void *arg), const void *arg);

/*
 * Where downloads and saved states live: $COWPEN_CACHE, else
 * $XDG_CACHE_HOME/cowpen, else ~/.cache/cowpen. Absolute; made if it is not
 * there. 0 or a negative errno with a line that says what to do (unwritable).
 */
int cache_dir(const char **dir);

/*
 * The names of @names (NULL-terminated) nearest to @wrong by edit distance, at
 * most three, as "a, b, c"; the caller frees.
 */
char *nearest_names(const char *wrong, const char *const names[]);

/* True if @name matches one of the blank-separated globs of @globs. */
bool glob_list_match(const char *globs, const char *name);

#endif
