/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef COWPEN_MERGE_H
#define COWPEN_MERGE_H

/* The shards of a run become one run. */

#include "record.h"
#include "util.h"

/*
 * Are @runs all shards of one run, each once, on the same kernels, with the same programs? What
 * is not so goes into @why, a line each. How many such lines.
 */
size_t merge_check(struct run *const *runs, size_t n, struct buf *why);
/*
 * Such runs as one in @runs_dir, with their logs; they stay as they are. 0 or a negative errno
 * with a line.
 */
int merge_runs(const char *runs_dir, struct run *const *runs, size_t n, struct run **merged);

#endif
