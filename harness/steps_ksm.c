// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <linux/userfaultfd.h>
#include <string.h>
#include <sys/mman.h>

#include "feature.h"
#include "memory.h"
#include "tell.h"

struct twins {
	char *one, *two;
	bool of[MODEL_PAGES];	/* it has some */
	bool must[MODEL_PAGES]; /* nothing keeps it from being merged */
};

static bool twins_merged(struct scene *s, void *arg)
{
	struct twins *t = arg;

	for_each_page(s, i) {
		char *one = t->one + s->page_offset[i], *two = t->two + s->page_offset[i];

		if (t->of[i] &&
		    (!ksm_merged(one, two) || (t->must[i] && !ksm_merged(page_addr(s, i), one))))
			return false;
	}
	return true;
}

/*
 * Two twins a page, below it: ksmd goes by address, so they are merged with each
 * other first, whatever becomes of the page of the scene. One that is pinned is
 * refused by every page that is to be merged with it, and would stand in the way.
 */
static void make_twins(struct scene *s, struct twins *t)
{
	bool any = false;

	t->one = map_small(s, s->area_len);
	t->two = map_small(s, s->area_len);
	if (t->one > s->area || t->two > s->area)
		scene_error(s, "the twins lie above the pages");
	for_each_page(s, i) {
		/*
		 * Who reads what is read-and-write protected waits for a monitor, which is us:
		 * its twins are made from what it must hold.
		 */
		bool closed = s->uffd_mode & UFFDIO_REGISTER_MODE_RWP &&
			      model_marked(&s->model, PARENT, i);

		t->of[i] = s->touched[i] && !s->out[i];
		any |= t->of[i];
		/* The mark has to stay, which is reason enough for a kernel to leave the page alone. */
		t->must[i] = page_may_go(s, i) && !model_marked(&s->model, PARENT, i);
		if (!t->of[i])
			continue;
		if (closed) {
			tell_not("makes twins of pages that it may not read");
			content_bytes(model_content(&s->model, PARENT, i), PAGE_4K, 0,
				      t->one + s->page_offset[i], PAGE_4K);
		} else {
			memcpy(t->one + s->page_offset[i], page_addr(s, i), PAGE_4K);
		}
		memcpy(t->two + s->page_offset[i], t->one + s->page_offset[i], PAGE_4K);
	}
	if (!any)
		scene_error(s, "no page is there, so none can have a twin");
	ksm_may_merge(s, t->one, s->area_len);
	ksm_may_merge(s, t->two, s->area_len);
}

void ksm_scan(struct scene *s)
{
	struct twins t = { 0 };
	uint64_t before[MODEL_PAGES];
	unsigned int n = 0;

	step_begin(s, "C1", "ksm_scan");
	tell("ksm_scan();");
	feature_needed(s, F_KSM);
	if (s->memory->shared || s->memory->huge)
		scene_error(s, "this kind of memory is never merged");
	make_twins(s, &t);
	ksm_may_merge(s, s->area, s->area_len);
	frames_now(s, before);
	if (!ksm_run(s, 3, twins_merged, &t))
		wait_error(s, by_kernel("ksmd"),
			   "ksmd does not merge the twins, or what nothing holds");
	for_each_page(s, i)
		n += t.of[i] && ksm_merged(page_addr(s, i), t.one + s->page_offset[i]);
	observe(s, "merged", "%u of %u", n, s->npages);
	/* They are private: what is written to the pages from now on must not get to them. */
	if (!s->alias) {
		s->alias = t.one;
		tell_twins();
		for_each_page(s, i)
			s->first_content[i] = t.of[i] ? *model_content(&s->model, PARENT, i) :
							(struct content){ 0 };
	}
	pinned_stay(s, before);
	step_end(s);
}

void ksm_unmerge(struct scene *s)
{
	bool was[MODEL_PAGES];
	unsigned int n = 0;

	step_begin(s, "C8", "ksm_unmerge");
	tell("ksm_unmerge();");
	feature_needed(s, F_KSM);
	for_each_page(s, i) {
		was[i] = s->alias && ksm_merged(page_addr(s, i), s->alias + s->page_offset[i]);
		n += was[i];
	}
	if (!n)
		scene_error(s, "no page is merged");
	if (madvise(s->area, s->area_len, MADV_UNMERGEABLE))
		scene_fail(s, CHECK("unmerge-refused"), "C8", "MADV_UNMERGEABLE is done", "%s",
			   strerrorname_np(errno));
	for_each_page(s, i)
		if (was[i] && ksm_merged(page_addr(s, i), s->alias + s->page_offset[i]))
			scene_fail(s, CHECK("unmerge-left"), "C8",
				   "MADV_UNMERGEABLE leaves no page merged",
				   "page %u is (pfn %#llx), and it said that it is done", i,
				   (unsigned long long)frame_at(page_addr(s, i)));
	step_end(s);
}
