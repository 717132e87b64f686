/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef COWPEN_SOAK_H
#define COWPEN_SOAK_H

#include <stddef.h>

#include "record.h"
#include "util.h"

/*
 * Does a test always end in the same way? Of runs with other seeds and orders, all results of
 * each test on each kernel. What was inconclusive is no way: it says nothing.
 */

struct soaked {
	char *kernel, *test, *way, *builds; /* "fail C1"; hashes of the kernel and of the program */
	bool inconclusive;
	size_t run;
};

struct soak {
	struct soaked *all;
	size_t n, nruns;
	size_t other; /* results of builds that are not those of the latest run: left out */
	size_t ncells, two_ways, least, inconclusive;
};

/* The runs in the order in which they were made. */
void soak_add(struct soak *s, const struct run *run);
/* Count; call it once, when all runs are there. */
void soak_count(struct soak *s);
/* "1787 cells, at least 3 results each; none went two ways". */
void soak_line(const struct soak *s, struct buf *out);
/*
 * As Markdown: what was counted of @tree, and the cells that went two ways, with how often each.
 * @before, or NULL: the table as it was; of other trees its rows stay, and are added up.
 */
void soak_table(const struct soak *s, const char *tree, const char *before, struct buf *md);
void soak_free(struct soak *s);

#endif
