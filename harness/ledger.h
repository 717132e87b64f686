/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef COWPEN_LEDGER_H
#define COWPEN_LEDGER_H

#include "internal.h"

/*
 * Clause C9. Two ledgers: the soft-dirty bits, and write-protect marks that a
 * write takes away without asking (WP_ASYNC), read by PAGEMAP_SCAN. What is said
 * to be written and is not costs its reader time; what is written and not said to
 * be is lost. So only the second is a failure, the first is counted.
 *
 * ledger.c reads them; how they are cleared is for steps_ledger.c. Sets of pages are bits.
 */

/* Regions that one area can fall into: every other page of 2 MiB, and then some. */
#define MAX_REGIONS 260

struct query {
	uint64_t flags, mask, anyof, inverted;
	unsigned int regions; /* room in the output vector, 0: none */
	uint64_t max_pages;   /* 0: any number */
	size_t bytes;	      /* so many from the start of @page on, 0: all of the area */
	unsigned int page;
};
/* The area as @proc has it, in PAGEMAP_SCAN's words. 0 or the negative errno. */
int ledger_scan(struct scene *s, int proc, const struct query *q, unsigned int *pages);
/* The same, which must be done. */
void ledger_must_scan(struct scene *s, int proc, const struct query *q, unsigned int *pages);

/* Has this process such a ledger, and are the pages there? By the model, not by the kernel. */
bool ledger_kept(const struct scene *s, unsigned int ledger, int proc);
/* What must be reported of it now, by the model. */
unsigned int ledger_must_have(const struct scene *s, int proc);
unsigned int soft_dirty_pages(struct scene *s, int proc);
/* All that must be reported is in there. @way: how it was read, in words. */
void ledger_must_report(struct scene *s, int proc, const char *way, unsigned int reported);
/*
 * Was it cleared? What is reported anyway would be reported whatever is written, and a
 * kernel that clears nothing could never be seen to lose anything. @way as above; the
 * second asks a WP_ASYNC ledger in all ways.
 */
void ledger_must_be_clear(struct scene *s, const char *way, unsigned int ledger, int proc,
			  unsigned int reported);
void ledger_async_must_be_clear(struct scene *s, int proc);

/* Tell what must be reported. */
void ledger_tell(struct scene *s);

#endif
