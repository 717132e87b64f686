/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef COWPEN_SCHEDULES_H
#define COWPEN_SCHEDULES_H

#include <stdbool.h>
#include <stddef.h>

#include "record.h"
#include "util.h"

/* What came of a race whose every schedule was tried (make explore-race). Strings are owned. */
struct schedules_row {
	char *kernel, *test, *where; /* @where: of the lost ones, a line each */
	unsigned int functions, calls, ran, met, waited, lost, errors, ms;
	bool alone; /* in a guest of its own */
};

struct schedules {
	struct schedules_row *row;
	size_t nrow;
	struct buf why; /* tests of which nothing is known, a line each */
};

/*
 * What the records of @run say. A row of the same test on the same kernel takes the place of an
 * earlier one.
 */
void schedules_add(struct schedules *s, const struct run *run);
/* By kernel, then by test. */
void schedules_sort(struct schedules *s);
/* So many schedules are lost. */
unsigned int schedules_lost(const struct schedules *s);
/* As Markdown, with what stands above it if @seconds, what each test had, is not NULL. */
void schedules_table(const struct schedules *s, const char *seconds, struct buf *md);
void schedules_free(struct schedules *s);

#endif
