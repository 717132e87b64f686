/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef COWPEN_BATCH_H
#define COWPEN_BATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cases.h"

/* Which tests share a guest, and what is run next. */

enum isolation {
	ISO_TEST, /* a pristine guest for every test */
	ISO_CASE, /* variants of a case; what does not end as expected there runs once more, alone */
	ISO_AREA, /* the same with all cases of an area */
	ISO_NONE, /* all of them, one after the other; everything counts */
};
const char *isolation_name(enum isolation i);
/* -EINVAL with a line for an unknown word. */
int isolation_parse(const char *word, enum isolation *i);
/* Do several share a guest in which only what is expected counts? */
static inline bool isolation_is_company(enum isolation i)
{
	return i == ISO_CASE || i == ISO_AREA;
}

/* In which order those of ISO_NONE are run. */
struct order {
	enum { ORDER_FORWARD, ORDER_REVERSE, ORDER_SHUFFLED } how;
	uint64_t seed;
};
/* "forward", "reverse" or a number, the seed of a shuffle. -EINVAL with a line for anything else. */
int order_parse(const char *word, struct order *o);

/*
 * How many tests at most share a guest of ISO_CASE or ISO_AREA. Of 511 tests on 7.3, processor
 * seconds: 146 alone, 71 with 4, 53 with 8, 42 with 16, 45 with 32. With more, a guest
 * that dies takes more of them along.
 */
#define COMPANY_MAX 16

/* A test, on a kernel, for the n-th time. */
struct job {
	const struct test *t;
	size_t kernel;
	unsigned int repeat;
	unsigned int known_ms; /* how long it took last time; ~0 if not known */
	bool to_fail;	       /* is expected to; comes after the others */
	char *company;	       /* what it was in company, NULL if it was not; owned */
	uint64_t with, place;  /* the planner's */
};

/* Jobs that share a guest, next to each other in the array. */
struct batch {
	size_t first, n;
	unsigned int known_ms;
	bool taken;
	bool urgent; /* comes before all that are not */
};

struct batches {
	struct job *job;
	size_t njobs;
	struct batch *b;
	size_t n, first; /* everything before @first is taken */
	size_t urgent;	 /* how many of them wait */
};

/*
 * Sort @q->job, which the caller has filled, and divide it into batches; which
 * come by the turn of their tests, and then longest first, those of unknown length
 * before all, or by test and then by kernel with @interleave.
 */
void batches_plan(struct batches *q, enum isolation iso, const struct order *o, bool interleave);
/* The @n jobs from @first on once more, in a batch of their own, behind all others. */
void batches_again(struct batches *q, size_t first, size_t n);
/* The same, before all others. */
void batches_urgent(struct batches *q, size_t first, size_t n);
/*
 * Take the next batch whose kernel @ready says is there, as a copy; false if there
 * is none, and then *@wait if one is left whose kernel may come.
 */
bool batches_take(struct batches *q, bool (*ready)(void *arg, size_t kernel), void *arg,
		  struct batch *b, bool *wait);
void batches_free(struct batches *q);

#endif
