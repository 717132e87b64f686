// SPDX-License-Identifier: GPL-2.0-only
/* Which bugs of the book the patched kernel has no more, and which it has and the base has not. */
#include <stdlib.h>

#include "bugs.h"
#include "gate.h"

static void add(struct gate *g, const struct bug *bug, bool brought, const struct bite *shows)
{
	g->bug = xrealloc(g->bug, (g->nbugs + 1) * sizeof(*g->bug));
	g->bug[g->nbugs++] = (struct gate_bug){
		.bug = bug, .brought = brought, .test = shows->shown->test, .ntests = shows->failed
	};
}

void gate_look_for_bugs(struct gate *g, const struct case_list *cases)
{
	struct run *run = (struct run *)g->run;
	struct bite *a = bugs_look(cases, &run, 1, g->col[BASE].kernel);
	struct bite *b = bugs_look(cases, &run, 1, g->col[PATCHED].kernel);
	size_t *order = bugs_worst_first();

	/* What it brings is read first. One that could not be asked for is neither. */
	for (size_t i = 0; i < nbugs; i++)
		if (a[order[i]].what == BITES_NO && b[order[i]].what == BITES_YES)
			add(g, &bugs[order[i]], true, &b[order[i]]);
	for (size_t i = 0; i < nbugs; i++)
		if (a[order[i]].what == BITES_YES && b[order[i]].what == BITES_NO)
			add(g, &bugs[order[i]], false, &a[order[i]]);
	free(order);
	free(b);
	free(a);
}

char *gate_bug_words(const struct gate_bug *b)
{
	return xasprintf("%s %s: %s%s%s%s; %u test%s, %s", b->brought ? "brings" : "mends",
			 b->bug->name, b->bug->loses, *b->bug->fix ? " (" : "", b->bug->fix,
			 *b->bug->fix ? ")" : "", b->ntests, b->ntests == 1 ? "" : "s", b->test);
}
