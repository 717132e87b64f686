/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef COWPEN_SHARD_H
#define COWPEN_SHARD_H

/*
 * A run divided among machines that do not talk to each other: from the same tests, the same
 * durations and the same n each works out the same division, and takes its part of it.
 */

#include <stddef.h>
#include <stdint.h>

#include "cases.h"
#include "record.h"
#include "util.h"

#define DURATIONS_FILE "results/durations.txt"
#define SHARDS_MAX     1000

struct shard {
	unsigned int i, n; /* the i-th of n, from 1 */
};
/* "2/4". -EINVAL with a line. */
int shard_parse(const char *word, struct shard *s);

/* How long tests took, in ms, by case or by test. */
struct durations {
	struct duration {
		char *name;
		unsigned int ms;
	} * d;
	size_t n;
};
/* Lines "ms name", sorted; "#" begins a comment. 0, or a negative errno with a line; then empty. */
int durations_read(const char *path, struct durations *d);
void durations_free(struct durations *d);
/* Of the test, else of its case, else of an average one. */
unsigned int duration_of(const struct durations *d, const char *test);
/* Such a file, of what @runs measured: a test has a line of its own where it is unlike its case. */
void durations_make(struct run *const *runs, size_t nruns, struct buf *text);

/*
 * Which shard, from 0, takes each of @n things of that cost: the dearest first, each to who has
 * least to do.
 */
void shard_assign(const uint64_t *cost, size_t n, unsigned int shards, unsigned int *of);
/*
 * Keep of @tests what is for @s, in their order. What lies next to each other in an area stays
 * together as far as there is enough of it, since such tests share a guest.
 */
void shard_tests(struct test_list *tests, const struct shard *s, const struct durations *d);

#endif
