// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <linux/userfaultfd.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "feature.h"
#include "memory.h"
#include "tell.h"

bool ksm_with_twin(const struct scene *s, unsigned int i)
{
	for (unsigned int n = 0; n < s->ksm.ntwins; n++)
		if (ksm_merged(page_addr(s, i), s->ksm.twin[n] + s->page_offset[i]))
			return true;
	/* Else that is the file behind it. */
	return s->memfd < 0 && s->alias &&
	       ksm_merged(page_addr(s, i), s->alias + s->page_offset[i]);
}

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
 * What page @i holds, to its place in @twin. Who reads what is read-and-write protected waits for a
 * monitor, which is us, and what is in a device would come back: their twins are made from what they
 * must hold.
 */
static void copy_page(struct scene *s, unsigned int i, char *twin)
{
	if (in_device(s, i) ||
	    (s->uffd_mode & UFFDIO_REGISTER_MODE_RWP && model_marked(&s->model, PARENT, i))) {
		tell_not("makes twins of pages that it may not read");
		content_bytes(model_content(&s->model, PARENT, i), PAGE_4K, 0,
			      twin + s->page_offset[i], PAGE_4K);
	} else {
		memcpy(twin + s->page_offset[i], page_addr(s, i), PAGE_4K);
	}
}

/* The twins are private: what is written to the pages from now on must not get to them. */
static void watch_twin(struct scene *s, char *twin, const bool of[MODEL_PAGES])
{
	if (s->alias)
		return;
	s->alias = twin;
	tell_twins();
	for_each_page(s, i)
		s->first_content[i] = of[i] ? *model_content(&s->model, PARENT, i) :
					      (struct content){ 0 };
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
		t->of[i] = s->touched[i] && (!s->out[i] || in_device(s, i));
		any |= t->of[i];
		/* The mark has to stay, which is reason enough for a kernel to leave the page alone. */
		t->must[i] = page_may_go(s, i) && !model_marked(&s->model, PARENT, i) && !s->out[i];
		if (!t->of[i])
			continue;
		copy_page(s, i, t->one);
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
	watch_twin(s, t.one, t.of);
	pinned_stay(s, before);
	step_end(s);
}

/* --- each node by itself ------------------------------------------------------------------ */

#define NUMA_BALANCING "/proc/sys/kernel/numa_balancing"

/* Of a page: two on its node, and two on the other one. */
enum { NEAR, NEAR_TOO, FAR, FAR_TOO, TWINS };

struct twins_apart {
	char *twin[TWINS];
	int node[MODEL_PAGES]; /* where the page is */
	bool of[MODEL_PAGES], must[MODEL_PAGES];
};

static char *twin_of(const struct scene *s, const struct twins_apart *t, int which, unsigned int i)
{
	return t->twin[which] + s->page_offset[i];
}

static bool pairs_merged(struct scene *s, void *arg)
{
	struct twins_apart *t = arg;

	for_each_page(s, i) {
		if (!t->of[i])
			continue;
		if (!ksm_merged(twin_of(s, t, NEAR, i), twin_of(s, t, NEAR_TOO, i)) ||
		    !ksm_merged(twin_of(s, t, FAR, i), twin_of(s, t, FAR_TOO, i)))
			return false;
		if (t->must[i] && !ksm_merged(page_addr(s, i), twin_of(s, t, NEAR, i)))
			return false;
	}
	return true;
}

static void make_twins_apart(struct scene *s, struct twins_apart *t)
{
	bool any = false;

	if (s->ksm.ntwins + TWINS > KSM_TWINS)
		scene_error(s, "no room for more twins");
	for_each_page(s, i) {
		t->of[i] = s->touched[i] && !s->out[i];
		any |= t->of[i];
		/* What is merged already may go on as it is. */
		t->must[i] = page_may_go(s, i) && !model_marked(&s->model, PARENT, i) &&
			     !ksm_with_twin(s, i);
	}
	if (!any)
		scene_error(s, "no page is there, so none can have a twin");
	for (int which = 0; which < TWINS; which++)
		t->twin[which] = s->ksm.twin[s->ksm.ntwins++] = map_small(s, s->area_len);
	for_each_page(s, i) {
		if (!t->of[i])
			continue;
		t->node[i] = page_node(s, page_addr(s, i));
		copy_page(s, i, t->twin[NEAR]);
		for (int which = NEAR_TOO; which < TWINS; which++)
			memcpy(twin_of(s, t, which, i), twin_of(s, t, NEAR, i), PAGE_4K);
		for (int which = 0; which < TWINS; which++)
			page_to_node(s, twin_of(s, t, which, i),
				     which < FAR ? t->node[i] : !t->node[i]);
	}
	for (int which = 0; which < TWINS; which++)
		ksm_may_merge(s, t->twin[which], s->area_len);
}

static void on_its_node(struct scene *s, const char *what, char *addr, unsigned int i, int node)
{
	int now = page_node(s, addr);

	if (now != node)
		scene_fail(
			s, CHECK("ksm-across"), "C8",
			"merge_across_nodes is 0: what is on a node stays there when it is merged",
			"%s %u was on node %d and is on %d", what, i, node, now);
}

void ksm_scan_apart(struct scene *s)
{
	struct twins_apart t = { 0 };
	uint64_t before[MODEL_PAGES];
	unsigned int n = 0;

	step_begin(s, "C8", "ksm_scan_apart");
	tell_not("turns what can be turned only while nothing is merged in the whole system");
	feature_needed(s, F_KSM);
	feature_needed(s, F_TWO_NODES);
	feature_needed(s, F_MOVE_PAGES);
	if (s->memory->shared || s->memory->huge)
		scene_error(s, "this kind of memory is never merged");
	if (!access(NUMA_BALANCING, W_OK))
		knob_set(s, NUMA_BALANCING, "0");
	if (!s->ksm.by_node)
		ksm_by_node(s);
	frames_now(s, before);
	make_twins_apart(s, &t);
	ksm_may_merge(s, s->area, s->area_len);
	if (!ksm_run(s, 3, pairs_merged, &t))
		wait_error(s, by_kernel("ksmd"),
			   "ksmd does not merge twins of one node, or what nothing holds");
	for_each_page(s, i) {
		if (!t.of[i])
			continue;
		n += ksm_with_twin(s, i);
		on_its_node(s, "page", page_addr(s, i), i, t.node[i]);
		on_its_node(s, "its twin there", twin_of(s, &t, NEAR, i), i, t.node[i]);
		on_its_node(s, "its twin on the other node", twin_of(s, &t, FAR, i), i, !t.node[i]);
	}
	observe(s, "merged", "%u of %u", n, s->npages);
	watch_twin(s, t.twin[NEAR], t.of);
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
		was[i] = ksm_with_twin(s, i);
		/* Where it is now nobody sees with whom. */
		n += was[i] || in_device(s, i);
	}
	if (!n)
		scene_error(s, "no page is merged");
	if (madvise(s->area, s->area_len, MADV_UNMERGEABLE))
		scene_fail(s, CHECK("unmerge-refused"), "C8", "MADV_UNMERGEABLE is done", "%s",
			   strerrorname_np(errno));
	for_each_page(s, i)
		if (was[i] && ksm_with_twin(s, i))
			scene_fail(s, CHECK("unmerge-left"), "C8",
				   "MADV_UNMERGEABLE leaves no page merged",
				   "page %u is (pfn %#llx), and it said that it is done", i,
				   (unsigned long long)frame_at(page_addr(s, i)));
	/* The fault that copies it is one that takes asynchronous protection away: reported too often. */
	if (s->uffd_features & UFFD_FEATURE_RWP_ASYNC)
		for_each_page(s, i)
			if (was[i] && !(pagemap(0, page_addr(s, i)) & PM_UFFD_WP))
				model_mark(&s->model, PARENT, i, false);
	step_end(s);
}

static bool anything(struct scene *s, void *arg)
{
	(void)s;
	(void)arg;
	return true;
}

void ksm_passes(struct scene *s)
{
	step_begin(s, "C8", "ksm_passes");
	tell_not("lets ksmd go over what there is");
	feature_needed(s, F_KSM);
	if (!ksm_run(s, 2, anything, NULL))
		wait_error(s, by_kernel("ksmd"), "ksmd does not end a pass");
	step_end(s);
}
