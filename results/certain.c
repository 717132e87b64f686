// SPDX-License-Identifier: GPL-2.0-only
#include <string.h>

#include "certain.h"
#include "gate.h"
#include "util.h"

/* All that a test did on one of the two. */
struct outcome {
	struct cell cell;
	const struct record *first;
	bool mixed;
};

static bool is_alike(const struct record *a, const struct record *b)
{
	return a->status == b->status && !strcmp(a->clause, b->clause);
}

static struct outcome look(const struct run *run, const char *test, const char *kernel)
{
	struct outcome o = { 0 };

	for (size_t i = 0; i < run->nrec; i++) {
		const struct record *r = &run->rec[i];

		if (strcmp(r->test, test) || strcmp(r->kernel, kernel))
			continue;
		cell_add(&o.cell, r);
		o.first = o.first ? o.first : r;
		o.mixed |= !is_alike(o.first, r);
	}
	return o;
}

static enum gate_change change_of(const struct outcome *a, const struct outcome *b)
{
	enum gate_change c = gate_change_of(&a->cell, &b->cell);

	return c == G_STILL && !a->mixed && !b->mixed && !is_alike(a->first, b->first) ?
		       G_OTHERWISE :
		       c;
}

static bool is_sure(const struct outcome *a, const struct outcome *b)
{
	enum gate_change c;

	if (!a->first || !b->first)
		return false;
	if (!a->mixed && !b->mixed)
		return is_alike(a->first, b->first) || (a->cell.n > 1 && b->cell.n > 1);
	c = change_of(a, b);
	return c == G_BROKEN || c == G_WORSE || c == G_FIXED ||
	       (a->cell.n >= CERTAIN_MAX && b->cell.n >= CERTAIN_MAX);
}

bool certain(const struct run *run, const char *base, const char *patched, const char *test,
	     unsigned int *nbase, unsigned int *npatched, char **worse)
{
	struct outcome a = look(run, test, base), b = look(run, test, patched);
	enum gate_change c;

	*worse = NULL;
	*nbase = a.cell.n;
	*npatched = b.cell.n;
	if (!is_sure(&a, &b))
		return false;
	c = change_of(&a, &b);
	if (gate_is_worse(c))
		*worse = xasprintf("%-7s %s: %s -> %s, run %u times on either%s%s",
				   gate_change_name(c), test, status_name(a.first->status),
				   status_name(b.first->status), b.cell.n,
				   *b.first->seen ? "; seen " : "", b.first->seen);
	return true;
}
