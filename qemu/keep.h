/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef COWPEN_KEEP_H
#define COWPEN_KEEP_H

#include <stddef.h>
#include <stdint.h>

#include "util.h"

/* The first and the last part of a stream that may be endless. */
struct keep {
	struct buf head;
	size_t head_max;
	char *tail; /* ring */
	size_t tail_max;
	uint64_t total;
};

void keep_init(struct keep *k, size_t head_max, size_t tail_max);
void keep_add(struct keep *k, const void *data, size_t len);
/* All that is kept, with a line that tells of a gap, appended to @out. */
void keep_text(const struct keep *k, struct buf *out);
void keep_free(struct keep *k);

/*
 * A stream of lines to which several tests write one after the other. The line
 * that tells where the part of test NR begins holds @cut and then the number; it
 * belongs to nobody. It is looked for where it is, not when it comes: the
 * channels of a guest are read one after the other.
 */
struct split {
	struct keep *part; /* one a test */
	size_t n, at;
	char *cut;
	struct buf line; /* the last one, not whole yet */
};

/* For @n tests (0 is 1); @head_max and @tail_max of each. */
void split_init(struct split *s, const char *cut, size_t n, size_t head_max, size_t tail_max);
void split_add(struct split *s, const void *data, size_t len);
/* No more will come: a line that is not whole counts, too. */
void split_end(struct split *s);
/* What test @nr has written so far, appended to @out. */
void split_text(const struct split *s, size_t nr, struct buf *out);
void split_free(struct split *s);

#endif
