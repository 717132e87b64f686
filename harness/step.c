// SPDX-License-Identifier: GPL-2.0-only
#include <stdarg.h>
#include <stdio.h>

#include "internal.h"
#include "ledger.h"
#include "tell.h"

/* The parent's pages that could not be looked at when the step began. */
static unsigned int unseen;

static unsigned int pages_unseen(const struct scene *s)
{
	unsigned int pages = 0;

	for_each_page(s, i)
		pages |= !page_visible(s, PARENT, i) << i;
	return pages;
}

/* What every step begins with, and what it ends with. */

void step_begin(struct scene *s, const char *clause, const char *fmt, ...)
{
	char line[128];
	va_list ap;

	wait_alive();
	s->step++;
	snprintf(s->step_clause, sizeof(s->step_clause), "%s", clause);
	va_start(ap, fmt);
	vsnprintf(s->step_name, sizeof(s->step_name), fmt, ap);
	va_end(ap);
	snprintf(line, sizeof(line), "step %u %s", s->step, s->step_name);
	console_mark(s, line);
	tell_step(s);
	unseen = pages_unseen(s);
	/* The step may take them away from who has them. */
	if (!s->spare_frames)
		frames_remember(s);
}

void step_end(struct scene *s)
{
	bool write_waits = false;
	struct uffd_notice n;
	unsigned int brought;

	/* The look may be what brings in pages that were not there. */
	brought = unseen & ~pages_unseen(s);
	if (!brought)
		ledger_tell(s);
	tell_views(s);
	if (brought)
		ledger_tell(s);
	/* First, as without it nothing else can be right. */
	if (!s->spare_registration)
		registration_compare(s);
	/* Before anybody has looked, and again when what looking brought in is there. */
	ledger_compare(s);
	views_compare(s, NULL);
	compare_marks(s);
	guards_compare(s);
	poison_compare(s);
	locks_compare(s);
	ledger_compare(s);
	/* A write that waits has its notification still to be read: write_begin(). */
	for_each_page(s, i)
		write_waits |= s->racing[i];
	for (int proc = PARENT; proc < MODEL_PROCS; proc++) {
		int uffd = proc == PARENT ? s->uffd : s->proc[proc].uffd;

		if (uffd < 0 || !s->model.proc[proc].alive || (proc == PARENT && write_waits) ||
		    !uffd_next(s, uffd, &n))
			continue;
		scene_fail(s, CHECK("uninvited-notice"), "C3", "no notification without a write",
			   "one in the %s for offset %#llx", who[proc],
			   (unsigned long long)(n.address - (uintptr_t)area_in(s, proc)));
	}
}

static void look_at_all(struct scene *s)
{
	bool any = s->page_len > SAMPLE || s->touched[MODEL_REST], out = false;

	frames_remember(s);
	for_each_page(s, i)
		out |= s->out[i];
	/* A program that is told has looked at what it looks at. */
	if (telling() ? !out : !any && !out)
		return;
	step_begin(s, "C0", "look at all of it");
	tell_nothing();
	/* Nothing is left that could be spoiled by bringing it back. */
	for_each_page(s, i)
		s->out[i] = false;
	step_end(s);
	views_compare_whole(s);
}

void scene_whole(struct scene *s)
{
	undo_all();
	look_at_all(s);
	accounts_compare(s);
}
