/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef COWPEN_EXPECT_H
#define COWPEN_EXPECT_H

/* What tests of printed text ask of it. Behind cmocka.h, which wants others before it. */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "err.h"
#include "util.h"

static inline void has(const char *text, const char *part)
{
	if (!strstr(text, part))
		fail_msg("\"%s\" is not in:\n%s", part, text);
}

static inline void has_not(const char *text, const char *part)
{
	if (strstr(text, part))
		fail_msg("\"%s\" is in:\n%s", part, text);
}

/* No line is wider, but for what is there to be copied: a command, a path. */
static inline void fits(const char *text, size_t width)
{
	for (const char *p = text, *nl; *p; p = *nl ? nl + 1 : nl) {
		nl = strchrnul(p, '\n');
		if ((size_t)(nl - p) > width &&
		    !memmem(p, nl - p, "make run CASE=", strlen("make run CASE=")) &&
		    !memmem(p, nl - p, "make export CASE=", strlen("make export CASE=")) &&
		    strncmp(p, "    replay ", 11) && strncmp(p, "    log ", 8))
			fail_msg("wider than %zu: %.*s", width, (int)(nl - p), p);
	}
}

/* All that a sub-command prints, by way of a file in @dir; the caller frees. */
static inline char *output_of(int (*command)(int argc, char **argv), const char *dir, int *code,
			      char **argv)
{
	char *path = xasprintf("%s/out", dir);
	int argc = 0, keep[2] = { dup(1), dup(2) }, fd;
	struct buf b = { 0 };

	while (argv[argc])
		argc++;
	fflush(stdout);
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND, 0600);
	dup2(fd, 1);
	dup2(fd, 2);
	close(fd);
	*code = command(argc, argv);
	fflush(stdout);
	fflush(stderr);
	for (int i = 0; i < 2; i++) {
		dup2(keep[i], i + 1);
		close(keep[i]);
	}
	if (read_file(path, &b))
		fail_msg("%s", err_msg());
	free(path);
	return b.data;
}

#endif
