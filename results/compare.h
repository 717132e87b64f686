/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef COWPEN_COMPARE_H
#define COWPEN_COMPARE_H

#include "matrix.h"

/* From worst to best: how rows are sorted. */
enum change {
	CH_BROKEN, /* passed, and now fails, crashes or hangs */
	CH_WORSE, /* failed, and now crashes or hangs; or more often, by another clause or earlier */
	CH_UNKNOWN,  /* was known, and now cannot be run (error) */
	CH_GONE,     /* was run, and now is not */
	CH_FIXED,    /* failed, and now passes */
	CH_NEW_SKIP, /* was judged, and now is skipped */
	CH_UNCLEAR,  /* a race that was not met in one of the two (inconclusive) */
	CH_OTHER,    /* any other change */
	CH_NEW,	     /* was not run, skipped or in error, and now is judged */
	CH_SAME,
};
const char *change_name(enum change c);

/* What became of @a in @b, as far as counts say. */
enum change change_of(const struct cell *a, const struct cell *b);

/*
 * Two runs: for each kernel that both have (or for the one kernel that each
 * has) the rows that differ. Returns how many tests got worse, or -ENOENT with
 * a line if there is nothing to compare.
 */
int compare_runs(FILE *out, const struct run *a, const struct run *b, struct style style);
/*
 * The kernels of one run: stock ones along their versions, where each row says
 * between which two it was fixed or broken; a patched one against its base, or
 * against the stock kernel of its version if the base is not there. The same.
 */
int compare_kernels(FILE *out, const struct run *run, struct style style);

/*
 * Along an axis, where a row goes from bad to good or back: between which two
 * kernels. *@whole if that is all there is to say, each column being known and
 * like its neighbours but for this one step. The caller frees.
 */
char *row_steps(const struct table *t, const struct table_row *row, bool *whole);

#endif
