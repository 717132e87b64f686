/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef COWPEN_VOCABULARY_H
#define COWPEN_VOCABULARY_H

#include <stdbool.h>
#include <stddef.h>

/*
 * The steps as data, vocabulary.def, for who does not know beforehand which he wants: a
 * sequence that is typed (make try), and sequences that nobody wrote (make explore). Cases call
 * the functions.
 */
struct scene;

/* What a step is, and which state of a page it reads or makes anew. */
enum does {
	PINS = 1 << 0,
	WRITES = 1 << 1,
	TRACKS = 1 << 2,
	FORKS = 1 << 3,
	KERNEL = 1 << 4,  /* what the kernel does on its own */
	PROCESS = 1 << 5, /* what a process does to its own memory */
	OF_FRAME = 1 << 8,
	OF_MARK = 1 << 9,
	OF_DIRTY = 1 << 10,
	OF_RIGHTS = 1 << 11,
	OF_SHARE = 1 << 12,
	OF_SWAP = 1 << 13,
	OF_SIZE = 1 << 14,
	OF_PLACE = 1 << 15,
	SLOW = 1 << 16, /* many times what others take */
};

/* What an argument may be. */
enum domain {
	NONE,
	PAGE,
	PAGES,
	WAY,
	WAY_OUTSIDE,  /* of those, for memory of another process */
	WAY_READONLY, /* for read-only memory */
	WAY_UNDER_WP, /* for memory that is write-protected */
	MONITOR,
	UFFD_FLAGS,
	FILL,
	LEDGER,
	CLEAR,
	SPLITTER,
	PLACE,
	HINT,
	LOCK,
	GROWTH,
	RWP_MODE,
	NR_DOMAINS
};

/* Of PAGES: all of them, or the first and how many. */
#define EVERY_PAGE	 (-1)
#define SOME_PAGES(f, n) ((f) | (n) << 8)

struct word {
	const char *name;
	enum domain pages, what;
	unsigned int does;
	/* NULL: it can be done now. Else why not. */
	const char *(*not_now)(const struct scene *s, int pages, int what);
	void (*run)(struct scene *s, int pages, int what);
	const char *statement;
};
extern const struct word words[];
extern const size_t nwords;
/* At most: exploring has tables of what three of them do after each other. */
#define WORDS_MAX 192
/* Functions of scene.h that are no entry, and why. */
struct left_out {
	const char *function, *because;
};
extern const struct left_out left_out[];
extern const size_t nleft_out;

/* A step of a sequence: a word, and its arguments. */
struct said {
	const struct word *word;
	int pages, what;
};
#define SEQUENCE_MAX 64

/* How many values the domain has; the value @i of it, for all but PAGE and PAGES. */
size_t domain_size(enum domain d);
int domain_value(enum domain d, size_t i);

/*
 * Read "pin wp:1 write_under_wp:1:emulate" for memory of @npages, 0: not known. How many steps
 * there are, or -1 with a line in @why that has the nearest.
 */
int sequence_parse(const char *text, unsigned int npages, struct said steps[SEQUENCE_MAX],
		   char *why, size_t size);
/* A step as it is typed. Into @buf, returned. */
char *said_text(const struct said *step, char *buf, size_t size);
/* As a statement of a case, with its semicolon. */
char *said_statement(const struct said *step, char *buf, size_t size);

#endif
