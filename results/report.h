/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef COWPEN_REPORT_H
#define COWPEN_REPORT_H

/* Results as one page of HTML, that is read without a script and better with it. */
#include "bugs.h"
#include "gate.h"

/* More it is not, for eleven kernels: what is left out of logs then, the page says. */
#define REPORT_MAX (2u << 20)

/*
 * Bugs x kernels, cases x kernels, and what is behind each cell, of all kernels in @runs: of a
 * test that several have the last one counts. The text is the caller's to free.
 */
char *report_html(const struct case_list *cases, struct run *const *runs, size_t nruns,
		  const struct mend *mends, size_t *len);
/* The gate's verdict. */
char *gate_html(const struct gate *g);

#endif
