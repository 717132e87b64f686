/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef COWPEN_BOOK_H
#define COWPEN_BOOK_H

#include <stddef.h>

/*
 * The book of bugs: what a bug is called, what it costs and where it was mended stands in
 * cases/book.def and nowhere else. Cases, findings, tables and hints name it.
 */
struct bug {
	const char *name;
	const char *clause; /* of the contract, that it breaks */
	const char *loses;  /* what a user loses, one line */
	const char *cause;  /* what the kernel does, one line */
	const char *from;   /* the first version that has it */
	const char *by;	    /* the commit that brought it, 12 digits, or "" */
	const char *fixed;  /* the first mainline version without it, "" if there is none yet */
	const char *fix;    /* the commit that mended it, 12 digits, or "" */
	const char *title;  /* its subject, where the commit is not known, or "" */
	/*
	 * Stable releases that took the fix, one a branch, blank-separated: "6.1.191 6.12.11".
	 * A branch that had the bug when mainline was mended and is not here has it still.
	 */
	const char *stable;
	/* Until that version it shows by another clause, or "": "5.14" and "C3". */
	const char *until, *as;
	const char *config; /* what a kernel has to be built with to have it, and Debian's are not */
	const char *finding; /* results/findings/<finding>.md, or "" */
};

/* All of them, in the order of the book. */
extern const struct bug bugs[];
extern const size_t nbugs;

/* The one of that name, or NULL. */
const struct bug *bug_find(const char *name);

#endif
