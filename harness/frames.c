// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>

#include "internal.h"

/*
 * Where pages are: by page frame number. For a page that a pin holds that is a
 * verdict, it must stay where the device has it. For all else it only says that a
 * step has happened.
 */

uint64_t frame_at(const char *addr)
{
	uint64_t e = pagemap(0, addr);

	return e & PM_PRESENT ? PM_PFN(e) : 0;
}

void frames_now(struct scene *s, uint64_t pfn[])
{
	for_each_page(s, i)
		pfn[i] = frame_at(page_addr(s, i));
}

void tell_moved(struct scene *s, const char *what, const uint64_t pfn[])
{
	unsigned int n = 0, moved = 0;
	uint64_t now[MODEL_PAGES];

	frames_now(s, now);
	for_each_page(s, i) {
		n += !!pfn[i];
		moved += pfn[i] && pfn[i] != now[i];
	}
	observe(s, what, "%u of %u", moved, n);
}

static bool holds(const struct scene *s, unsigned int pin, unsigned int page)
{
	const struct pin *p = &s->pin[pin];

	return p->taken && p->owner == PARENT && !p->kind->on_demand &&
	       model_pin_covers(&s->model, pin, page) && !s->model.pin[pin].parted[page];
}

bool page_held(const struct scene *s, unsigned int page)
{
	for (unsigned int n = 0; n < s->npins; n++)
		if (holds(s, n, page))
			return true;
	return false;
}

/* A page that its process gave up has left the page table, and not its folio. */
static bool pin_has_part_of(const struct pin *p, uint64_t pfn)
{
	for (unsigned int i = 0; p->taken && i < MODEL_PAGES; i++)
		if (p->frame[i] && same_folio(p->frame[i], pfn))
			return true;
	return false;
}

bool page_may_go(const struct scene *s, unsigned int page)
{
	uint64_t flags, e = pagemap(0, page_addr(s, page));

	if (!(e & PM_PRESENT) || page_held(s, page))
		return false;
	for (unsigned int n = 0; n < s->npins; n++)
		if (pin_leads(&s->pin[n], page))
			return false;
	flags = kpageflags(PM_PFN(e));
	if (flags & KPF_ZERO_PAGE)
		return false;
	/* Parts of one folio stay or go together; hugetlb pages are one each. */
	if (flags & KPF_COMPOUND && !s->memory->huge)
		for_each_page(s, i)
			if (page_held(s, i) && same_folio(frame_at(page_addr(s, i)), PM_PFN(e)))
				return false;
	for (unsigned int n = 0; n < s->npins; n++)
		if (flags & KPF_COMPOUND && pin_has_part_of(&s->pin[n], PM_PFN(e)))
			return false;
	return true;
}

void pinned_stay(struct scene *s, const uint64_t pfn[])
{
	uint64_t now[MODEL_PAGES];

	frames_now(s, now);
	for (unsigned int n = 0; n < s->npins; n++)
		for_each_page(s, i) {
			if (!s->pin[n].kind->coherent || !holds(s, n, i) || !pfn[i] ||
			    now[i] == pfn[i])
				continue;
			/* With its page table; it comes back as what it was. */
			if (!now[i] && s->memory->shares_tables)
				continue;
			if (!now[i])
				scene_fail(s, CHECK("pinned-unmapped"), "C1",
					   "a pinned page stays in the page table",
					   "page %u has left it (pinned by %s)", i,
					   s->pin[n].kind->name);
			else
				scene_fail(s, CHECK("pinned-moved"), "C1",
					   "a pinned page stays where it is",
					   "page %u moved from pfn %#llx to %#llx (pinned by %s)",
					   i, (unsigned long long)pfn[i],
					   (unsigned long long)now[i], s->pin[n].kind->name);
		}
}

static void frame_remember(struct scene *s, uint64_t pfn, bool file)
{
	for (unsigned int f = 0; f < s->nframes; f++)
		if (s->frame[f].pfn == pfn && s->frame[f].file == file)
			return;
	/* What a file system has on its disk it may go on having in memory; huge pages are counted. */
	if (file && (kpageflags(pfn) & (KPF_SWAPBACKED | KPF_HUGE)) != KPF_SWAPBACKED)
		return;
	if (s->nframes < SCENE_FRAMES)
		s->frame[s->nframes++] = (struct scene_frame){ pfn, file };
}

void frame_forget(struct scene *s, uint64_t pfn)
{
	for (unsigned int f = 0; f < s->nframes;)
		if (s->frame[f].pfn == pfn)
			s->frame[f] = s->frame[--s->nframes];
		else
			f++;
}

void frames_remember(struct scene *s)
{
	const void *addr[MODEL_PAGES];
	uint64_t e[MODEL_PAGES];

	for (int proc = PARENT; proc < MODEL_PROCS; proc++) {
		if (!s->area || !s->model.proc[proc].alive || !s->model.proc[proc].mapped)
			continue;
		for_each_page(s, i)
			addr[i] = page_addr_in(s, proc, i);
		pagemap_all(proc == PARENT ? 0 : s->proc[proc].pid, addr, e, s->npages);
		for_each_page(s, i)
			if (e[i] & PM_PRESENT && PM_PFN(e[i]))
				frame_remember(s, PM_PFN(e[i]), e[i] & PM_FILE);
	}
}
