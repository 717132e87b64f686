/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef COWPEN_SABOTAGE_H
#define COWPEN_SABOTAGE_H

/*
 * Who tests the tests: what became of the tests that were lied to, and which proof
 * each check has. Reads records; host/sabotage.c makes the runs.
 */
#include <stddef.h>

#include "cases.h"
#include "record.h"
#include "util.h"

/* A thing that the kernel is made to do wrong, as the cases of that build tell it. */
struct lie {
	char *name, *what;
	char *tests;	    /* globs over those that may depend on it */
	char *checks;	    /* it is told only to prove these; "" if it is one for the table */
	bool wanted, known; /* known: it was told in a run before this one */
	size_t *test;	    /* of the tests that there are: those that it is told to */
	size_t ntests;
	/* What came of it, of tests that pass when nobody lies. */
	size_t told, fail, lost, error, passed, untold, odd;
	char *holes; /* those that passed, blank-separated; NULL if there is none */
};

/* A place that can say FAIL. */
struct check {
	char *name, *where; /* "harness/views.c:70" */
	bool wanted;
	/* The proof: fails by this check, and passes when it is mute. "" if there is none. */
	char *kernel, *lie, *test;
	bool proven;
};

struct sabotage {
	struct lie *lie;
	size_t nlies;
	struct check *check;
	size_t nchecks;
};

/*
 * What executables of the build for sabotage say: @json is one's answer, what is known
 * already is passed over. -EINVAL with a line.
 */
int sabotage_learn(struct sabotage *s, const char *json);
/* All in the order of their names. */
void sabotage_sort(struct sabotage *s);
void sabotage_free(struct sabotage *s);
/* Want those that the globs choose, NULL: all. -EINVAL with the nearest names. */
int sabotage_want_lies(struct sabotage *s, const char *globs);
int sabotage_want_checks(struct sabotage *s, const char *globs);

/*
 * Choose for @lie at most @most of the tests that its globs and @may (NULL: all) allow:
 * of every case one, then of every case a second one; which, differs from lie to lie, but not much:
 * each must be run honestly, too.
 */
void lie_choose(struct lie *lie, const struct test_list *tests, const bool *may, size_t most);

/* The observation @key of @r, "" if it has none; the caller frees. */
char *observed(const struct record *r, const char *key);
/* What a record says of a test that was lied to. */
enum lie_outcome { LIE_UNTOLD, LIE_FAIL, LIE_LOST, LIE_ERROR, LIE_PASSED, LIE_ODD };
enum lie_outcome lie_outcome(const struct record *r);
void lie_count(struct lie *lie, const struct record *r);

/* The file of known proofs: "check kernel lie|- test", a line each. */
int proofs_read(const char *path, struct sabotage *s);
/* Checks that nobody asked for stay as proven as they were; @all: those that were asked for, too. */
void proofs_keep(struct sabotage *s, bool all);
void proofs_text(const struct sabotage *s, struct buf *b);

/* Of lies that nobody asked for: what lies_table() says in the file @path. */
int lies_read(const char *path, struct sabotage *s);
void lies_table(const struct sabotage *s, struct buf *md);
void checks_table(const struct sabotage *s, struct buf *md);
/* The same for a terminal. */
void lies_text(const struct sabotage *s, struct buf *b);

#endif
