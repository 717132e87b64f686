/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef COWPEN_EXPLORE_H
#define COWPEN_EXPLORE_H

#include <stdbool.h>
#include <stddef.h>

#include "cases.h"
#include "util.h"

/* What exploration finds: read, made smaller, grouped, and written as a case. */

/* A sequence of steps, as they are typed, of a memory with a pin. Strings are owned. */
struct explored {
	char *memory, *pin;
	char *steps;
};
void explored_free(struct explored *e);
void explored_set(struct explored *e, const char *memory, const char *pin, const char *steps);

/* One that did not pass in the guest. Strings are owned, "" if not known. */
struct find {
	struct explored e;
	char *class; /* of its memory */
	char *status, *clause, *reason;
};

/* What was covered: numbers that the guest gives what it said, a bit each. */
enum covered {
	STATES, /* pairs of a state and a step */
	CELLS,	/* of the cross: what is tracked or pinned, step, memory */
	TWOS,	/* steps that follow each other */
	THREES,
	NR_COVERED
};
#define COVERED_MAX (1U << 21)

/* What guests' output says. Zero-initialise. */
struct finds {
	struct find *f;
	size_t n;
	unsigned long sequences, steps, failed, ms, by_depth[3];
	bool cut; /* time was up before the guest had said all that it was to say */
	char *at; /* where the systematic part goes on; NULL: the guest did not get to its end */
	unsigned char *covered[NR_COVERED]; /* those of before stay */
};
/* The results of @output are added to @f; those that were skipped are passed over. */
void finds_read(struct finds *f, const char *output);
/* The last sequence of which the marks tell, in which the guest died. False: none. */
bool finds_died(struct finds *f, const char *marks, const char *status);
/* The counts of @f are added. */
void finds_count(struct finds *to, const struct finds *f);
/* All of it goes. */
void finds_clear(struct finds *f);
size_t finds_covered(const struct finds *f, enum covered what);
/* "1200 pairs of state and step, 300 cells of the cross, ..." The caller frees. */
char *finds_coverage(const struct finds *f);

/*
 * The same with as few steps as will do, the plainest arguments, pin and memory. @fails is
 * asked of several at a time: which is the first that still fails by the same clause? @n if
 * none does.
 */
typedef size_t explored_fails(void *arg, const struct explored *trial, size_t n);
void explored_shrink(struct explored *e, explored_fails *fails, void *arg);

/* "small pin wp fill:copy": what is to be avoided from now on, of any page. The caller frees. */
char *explored_pattern(const char *class, const char *steps);
/* Does a sequence of such memory contain it? */
bool explored_matches(const char *pattern, const char *class, const char *steps);
/* The class of a memory kind, as the guest has it. */
const char *explored_class(const char *memory);

/*
 * Is it known: does a case that is expected to fail by @clause on that kernel, with memory of
 * that @class, have these steps, or have these steps those of the case? @statements is the C
 * of the steps, @sources the folder of the cases. The case's id, and the bug in @bug; NULL if
 * not. @clause "": one that fails by any clause, and has the last of these steps. @perhaps: what
 * else such a case does may be what its bug takes.
 */
const char *explored_known(const struct case_list *cases, const char *sources,
			   const char *statements, const char *clause, const char *class,
			   const char *kernel, const char *version, bool perhaps, const char **bug);

/*
 * The steps that C calls, in order, as words; X_pages is X. @exact: with what is tracked, where
 * an argument says it. The caller frees.
 */
char *explored_calls(const char *c, bool exact);
/* Are the words of @a those of @b with more between them? */
bool explored_contained(const char *a, const char *b);
/* Can a case with the steps @has show what @found shows, which has fewer? */
bool explored_explains(const char *has, const char *found);

/* The last step of a sequence by its name alone, "nothing" if there is none. The caller frees. */
char *explored_last(const char *steps);

/* A C case, called @name. */
void explored_case(const struct explored *e, const char *name, const char *statements,
		   const char *clause, const char *kernel, const char *wanted, const char *seen,
		   struct buf *out);

#endif
