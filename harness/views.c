// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <linux/userfaultfd.h>
#include <stdio.h>
#include <string.h>

#include "internal.h"

/* Every viewer is asked, and what it sees is compared with the model. */

/* Nothing is, or was, at work but what the kernel does on its own: no pin, mark or fork. */
static bool plain(const struct scene *s)
{
	return !s->npins && s->uffd < 0 && !s->proc[CHILD].area;
}

/*
 * Which clause a wrong value breaks. Another process's write in a place that
 * is private is isolation, whoever looks; else a pin and its page parted if
 * either end of the difference is a device; else, if nobody has a share in it, it is
 * the process's own data that is lost; else it is what the step is about. Where that is
 * the mark, the data is lost all the same.
 */
static const char *clause_of(const struct scene *s, int viewer, bool by_pin, uint64_t wanted,
			     uint64_t seen)
{
	enum actor wanted_by = NR_ACTORS, seen_by = NR_ACTORS;

	stamp_parse(wanted, &wanted_by, NULL, NULL);
	stamp_parse(seen, &seen_by, NULL, NULL);
	if (!s->memory->shared &&
	    (viewer != PARENT || (seen_by <= BY_OTHER && (int)seen_by != viewer)))
		return "C2";
	if (by_pin || wanted_by == BY_DEVICE || seen_by == BY_DEVICE)
		return "C1";
	return plain(s) || !strcmp(s->step_clause, "C4") ? "C0" : s->step_clause;
}

static void mismatch(struct scene *s, const struct check *check, const char *clause,
		     const char *view, unsigned int page, enum cell c, uint64_t wanted,
		     uint64_t seen)
{
	char w[96], v[96], moved[96] = "";
	uint64_t pfn = PM_PFN(pagemap(0, page_addr(s, page)));

	if (s->pfn_at_pin[page] && pfn != s->pfn_at_pin[page])
		snprintf(moved, sizeof(moved),
			 "; the parent's page moved from pfn %#llx (pinned) to %#llx",
			 (unsigned long long)s->pfn_at_pin[page], (unsigned long long)pfn);
	scene_fail(s, check, clause, stamp_str(wanted, w, sizeof(w)),
		   "%s%s (view: %s, page %u, %s cell)", stamp_str(seen, v, sizeof(v)), moved, view,
		   page, c == CELL_CPU ? "CPU" : "device");
}

static bool visible(const struct scene *s, int proc, unsigned int page)
{
	/* What is read-and-write protected is not to be looked at: that would be noticed. */
	bool closed = s->uffd_mode & UFFDIO_REGISTER_MODE_RWP &&
		      model_marked(&s->model, proc, page);

	return s->touched[page] && !s->out[page] && !s->racing[page] && !closed &&
	       !s->proc[proc].blind;
}

static void compare_proc(struct scene *s, int proc, uint64_t cell[][NR_CELLS], const char *clause)
{
	for_each_page(s, i)
		for (enum cell c = 0; c < NR_CELLS; c++) {
			uint64_t wanted = model_value(&s->model, proc, i, c);

			if (!visible(s, proc, i) || cell[i][c] == wanted)
				continue;
			mismatch(s, proc == PARENT ? CHECK("view-parent") : CHECK("view-child"),
				 clause ?: clause_of(s, proc, false, wanted, cell[i][c]), who[proc],
				 i, c, wanted, cell[i][c]);
		}
}

static void compare_alias(struct scene *s)
{
	for_each_page(s, i)
		for (enum cell c = 0; c < NR_CELLS; c++) {
			uint64_t seen = *(volatile uint64_t *)(s->alias + s->page_offset[i] +
							       CELL_OFFSET(c));
			uint64_t wanted = s->alias_follows ? model_value(&s->model, PARENT, i, c) :
							     s->first_content[i][c];

			if (seen != wanted && !(s->alias_follows && s->racing[i]))
				mismatch(s,
					 s->alias_follows ? CHECK("view-alias") :
							    CHECK("view-behind"),
					 s->alias_follows ? "C1" : "C2",
					 s->alias_follows ? "second mapping of the file" :
							    "what is behind the private mapping",
					 i, c, wanted, seen);
		}
}

static void compare_pin(struct scene *s, int n, const char *clause)
{
	struct pin *p = &s->pin[n];
	char view[64];
	int asked;

	if (!s->model.pin[n].live || !p->taken || p->busy || !p->kind->can_read)
		return;
	asked = s->model.proc[p->owner].alive ? p->owner : p->also;
	snprintf(view, sizeof(view), "%s's %s pin", who[p->owner], p->kind->name);
	for_each_page(s, i) {
		uint64_t cell[NR_CELLS], wanted;
		struct child_cmd cmd = { .op = OP_PIN_READ, .pin = n, .page = i };
		struct child_reply reply;
		int err;

		if (!model_pin_covers(&s->model, n, i) || s->racing[i])
			continue;
		/* It would bring in what is not there. */
		if (p->kind->on_demand && !visible(s, p->owner, i))
			continue;
		if (asked == PARENT) {
			err = p->kind->read(s, p, i, cell);
		} else {
			child_ask(s, asked, &cmd, &reply);
			err = reply.ret;
			memcpy(cell, reply.cell[0], sizeof(cell));
		}
		/* It asks for what it holds: no page table has a say in that. */
		if (err == -EFAULT && p->kind->coherent && !p->kind->on_demand)
			scene_fail(s, CHECK("pin-device-efault"), "C1",
				   "the device reaches the page that it has pinned",
				   "EFAULT (view: %s, page %u)", view, i);
		if (err)
			scene_error(s, "%s could not be read: %s", view, strerror(-err));
		for (enum cell c = 0; c < NR_CELLS; c++)
			if (!model_pin_allows(&s->model, n, i, c, cell[c], &wanted))
				mismatch(s, CHECK("view-pin"),
					 clause ?: clause_of(s, p->owner, true, wanted, cell[c]),
					 view, i, c, wanted, cell[c]);
	}
}

void views_compare(struct scene *s, const char *clause)
{
	uint64_t cell[MODEL_PAGES][NR_CELLS];

	s->look++;
	for_each_page(s, i)
		for (enum cell c = 0; c < NR_CELLS; c++)
			if (visible(s, PARENT, i))
				cell[i][c] = *(volatile uint64_t *)cell_addr(s, i, c);
	compare_proc(s, PARENT, cell, clause);
	if (s->alias)
		compare_alias(s);
	for (int proc = CHILD; proc < MODEL_PROCS; proc++) {
		struct child_cmd cmd = { .op = OP_READ };
		struct child_reply reply;

		if (!s->model.proc[proc].alive || !s->model.proc[proc].mapped)
			continue;
		for_each_page(s, i)
			if (visible(s, proc, i))
				cmd.pages |= 1U << i;
		child_ask(s, proc, &cmd, &reply);
		compare_proc(s, proc, reply.cell, clause);
	}
	for (unsigned int i = 0; i < s->npins; i++)
		compare_pin(s, i, clause);
}

void compare_marks(struct scene *s)
{
	/* Also when the last registration has gone: it must have taken its marks along. */
	if (!s->pagemap_has_mark)
		return;
	/* There a write takes the mark away, and so may others: that is the ledger's, C9. */
	if (s->uffd_features & UFFD_FEATURE_WP_ASYNC)
		return;
	for (int proc = PARENT; proc < MODEL_PROCS; proc++) {
		if (!s->model.proc[proc].alive || !s->model.proc[proc].mapped)
			continue;
		for_each_page(s, i) {
			bool wanted = model_marked(&s->model, proc, i);
			uint64_t e = pagemap(proc == PARENT ? 0 : s->proc[proc].pid,
					     page_addr_in(s, proc, i));

			if (!!(e & PM_UFFD_WP) == wanted)
				continue;
			scene_fail(s, wanted ? CHECK("mark-lost") : CHECK("mark-uninvited"), "C4",
				   wanted ? "the write-protect mark" : "no write-protect mark",
				   "%s on page %u of the %s (pagemap 0x%016llx)",
				   wanted ? "none" : "one", i, who[proc], (unsigned long long)e);
		}
	}
}
