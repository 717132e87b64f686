// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <linux/userfaultfd.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "feature.h"
#include "memory.h"
#include "tell.h"

#define THP_DIR	      "/sys/kernel/mm/transparent_hugepage/"
#define NR_SUB	      (HUGEPAGE / PAGE_4K)
#define MAX_PTES_NONE THP_DIR "khugepaged/max_ptes_none"

#ifndef MADV_COLLAPSE
#define MADV_COLLAPSE 25
#endif

static bool in_a_thp(const char *addr)
{
	return kpageflags(frame_at(addr)) & KPF_THP;
}

/* --- collapse ------------------------------------------------------------------------- */

static int collapse(char *at)
{
	return madvise(at, HUGEPAGE, MADV_COLLAPSE) ? -errno : 0;
}

static bool collapsed(struct scene *s, char *at, bool file)
{
	if (!file)
		return pmd_mapped(at);
	for_each_page(s, i)
		if (!in_a_thp(at + s->page_offset[i]))
			return false;
	return true;
}

/*
 * The errno with which all versions since v6.1 refuse: what is pinned they find held by
 * more than page tables, and then they ask for another try; of marks they only ask in the
 * page table that is to go. 0: nothing is in the way.
 */
static int refusal(const struct scene *s, bool own)
{
	for (unsigned int i = 0; i < s->npins; i++)
		if (s->pin[i].taken && s->pin[i].kind->coherent && !s->pin[i].kind->on_demand)
			return EAGAIN;
	for_each_page(s, i)
		if (own && model_marked(&s->model, PARENT, i))
			return EINVAL;
	return 0;
}

/*
 * A file's pages are unmapped before they are copied, and of read-and-write protect nothing would stay:
 * a kernel may collapse them and keep it by a marker, or leave them alone.
 */
static bool may_refuse(const struct scene *s)
{
	bool any = false;

	for_each_page(s, i)
		any |= model_marked(&s->model, PARENT, i);
	return any && s->memory->shared && s->uffd_mode & UFFDIO_REGISTER_MODE_RWP;
}

/* MADV_COLLAPSE of @at; a range beside proves that it works at all. */
static void collapse_at(struct scene *s, char *at, bool file)
{
	int refused = refusal(s, at == s->area);
	char wanted[64] = "pages that nothing holds are collapsed";
	uint64_t before[MODEL_PAGES];
	int err, beside;
	bool done;
	char *p;

	tell("collapse(%s, %s);", at == s->area ? "area" : "behind(0)",
	     refused ? strerrorname_np(refused) : "0");
	feature_needed(s, F_COLLAPSE);
	p = map_aligned(s, HUGEPAGE);
	if (madvise(p, HUGEPAGE, MADV_NOHUGEPAGE))
		scene_error(s, "MADV_NOHUGEPAGE: %s", strerror(errno));
	*(volatile char *)p = 1;
	if (madvise(p, HUGEPAGE, MADV_HUGEPAGE))
		scene_error(s, "MADV_HUGEPAGE: %s", strerror(errno));
	frames_now(s, before);
	/*
	 * Pages may be on their way to the LRU list still. What it takes in spite of a pin or a
	 * mark is compared as ever.
	 */
	done = wait_until(
		(beside = collapse(p), err = collapse(at), pmd_mapped(p)) &&
		(may_refuse(s) || (refused && err ? err == -refused : collapsed(s, at, file))));
	if (!done && !pmd_mapped(p))
		wait_error(s, by_kernel(NULL),
			   "MADV_COLLAPSE makes no huge page of a range beside: %s",
			   strerror(-beside));
	munmap(p, HUGEPAGE);
	observe(s, "collapse", "%s", err ? strerrorname_np(-err) : "done");
	tell_moved(s, "moved_by_collapse", before);
	pinned_stay(s, before);
	/* That a pin has lost its page is worth more. */
	if (done)
		return;
	if (refused)
		snprintf(wanted, sizeof(wanted), "what is held is refused by %s",
			 strerrorname_np(refused));
	scene_fail(s, CHECK("collapse-stays"), "C8", wanted,
		   "MADV_COLLAPSE says %s, and makes a huge page beside",
		   err ? strerrorname_np(-err) : "success");
}

void thp_collapse(struct scene *s)
{
	step_begin(s, "C4", "thp_collapse");
	collapse_at(s, s->area, s->memory->shared);
	step_end(s);
}

void thp_collapse_alias(struct scene *s)
{
	step_begin(s, "C4", "thp_collapse by the second mapping");
	if (!s->alias || !s->alias_follows)
		scene_error(s, "this kind of memory has no second mapping");
	collapse_at(s, s->alias, true);
	step_end(s);
}

/* --- split ---------------------------------------------------------------------------- */

#define SPLIT_HUGE_PAGES "/sys/kernel/debug/split_huge_pages"

/* A huge page beside the scene, with nothing but zeros in it. */
static char *huge_canary(struct scene *s)
{
	char *p = map_aligned(s, HUGEPAGE);

	if (madvise(p, HUGEPAGE, MADV_HUGEPAGE))
		scene_error(s, "MADV_HUGEPAGE: %s", strerror(errno));
	*(volatile char *)p = 0;
	if (!pmd_mapped(p))
		scene_error(s, "no huge page for a range beside");
	return p;
}

/* By process and range since fa6c02315f745 (v5.13); before that all that there are. */
static void ask_for_split(struct scene *s, const char *from, size_t len)
{
	char text[96];
	int err;

	if (feature_there(s, F_SPLIT_RANGE))
		snprintf(text, sizeof(text), "%d,0x%lx,0x%lx", getpid(), (unsigned long)from,
			 (unsigned long)from + len);
	else
		strcpy(text, "1");
	err = file_put(SPLIT_HUGE_PAGES, text);
	if (err)
		scene_error(s, SPLIT_HUGE_PAGES ": %s", strerror(-err));
}

/* Is everything split that nothing holds? */
static bool all_split(struct scene *s, const char *beside)
{
	for_each_page(s, i)
		if (page_may_go(s, i) && in_a_thp(page_addr(s, i)))
			return false;
	return !in_a_thp(beside);
}

static void split_folios(struct scene *s)
{
	char *p;

	feature_needed(s, F_SPLIT);
	p = huge_canary(s);
	if (!wait_until((ask_for_split(s, s->area, s->area_len), ask_for_split(s, p, HUGEPAGE),
			 all_split(s, p))))
		wait_error(s, by_kernel(NULL), "%s not split",
			   in_a_thp(p) ? "a huge page beside is" : "the pages are");
	munmap(p, HUGEPAGE);
}

void thp_split(struct scene *s, enum splitter how)
{
	static const char *const names[] = { "from outside", "by munmap of an unseen page",
					     "by mremap of an unseen page" };
	char *unseen = s->area + THP_UNSEEN * PAGE_4K, *to;
	uint64_t before[MODEL_PAGES];

	step_begin(s, "C4", "thp_split %s", names[how]);
	if (s->area_len != HUGEPAGE)
		scene_error(s, "the area is no huge page");
	frames_now(s, before);
	tell("split_%s();", how == FROM_OUTSIDE ? "from_outside" :
			    how == BY_MUNMAP	? "by_munmap" :
						  "by_mremap");
	switch (how) {
	case FROM_OUTSIDE:
		split_folios(s);
		break;
	case BY_MREMAP:
		to = map_small(s, PAGE_4K);
		if (mremap(unseen, PAGE_4K, PAGE_4K, MREMAP_MAYMOVE | MREMAP_FIXED, to) != to)
			scene_fail(s, CHECK("split-mremap-refused"), "C4",
				   "mremap() of a part is done", "%s", strerrorname_np(errno));
		break;
	case BY_MUNMAP:
		if (munmap(unseen, PAGE_4K))
			scene_fail(s, CHECK("split-munmap-refused"), "C4",
				   "munmap() of a part is done", "%s", strerrorname_np(errno));
		break;
	}
	s->rest[THP_UNSEEN] &= how == FROM_OUTSIDE;
	s->hole |= how != FROM_OUTSIDE;
	if (how != FROM_OUTSIDE && pmd_mapped(s->area))
		scene_error(s, "a PMD maps the pages still");
	pinned_stay(s, before);
	step_end(s);
}

/* --- hardly used huge pages ------------------------------------------------------------- */

/* Marks of the whole range, also where no view looks; -1 where pagemap cannot tell. */
static int marks_in_range(struct scene *s)
{
	int n = 0;

	if (!s->pagemap_has_mark)
		return -1;
	for (size_t at = 0; at < s->area_len; at += PAGE_4K)
		n += !!(pagemap(0, s->area + at) & PM_UFFD_WP);
	return n;
}

/* Which is where those huge pages are listed. */
static void drop_slab(struct scene *s)
{
	int err = file_put("/proc/sys/vm/drop_caches", "2");

	if (err)
		scene_error(s, "drop_caches: %s", strerror(-err));
}

/*
 * Reclaim splits huge pages that hold little but zeros, and maps the zero page
 * for those (dafff3f4c850, b1f202060afe, v6.12).
 */
void thp_underused(struct scene *s)
{
	uint64_t before[MODEL_PAGES];
	int marks;
	char *p;

	step_begin(s, "C4", "thp_underused");
	tell("reclaim_underused();");
	feature_needed(s, F_UNDERUSED);
	if (s->area_len != HUGEPAGE)
		scene_error(s, "the area is no huge page");
	p = huge_canary(s);
	frames_now(s, before);
	marks = marks_in_range(s);
	knob_set(s, THP_DIR "shrink_underused", "1");
	knob_set(s, MAX_PTES_NONE, "128");
	if (!wait_until((drop_slab(s), all_split(s, p))))
		wait_error(s, by_kernel(NULL), "reclaim did not split %s",
			   in_a_thp(p) ? "a huge page beside" : "the pages");
	knobs_restore();
	if (!(kpageflags(frame_at(p)) & KPF_ZERO_PAGE))
		scene_error(s, "the zeros beside are no zero page");
	munmap(p, HUGEPAGE);
	tell_moved(s, "moved_by_split", before);
	if (marks_in_range(s) != marks)
		scene_fail(s, CHECK("split-marks"), "C4", "every write-protect mark of the range",
			   "%d of %d pages have one, before it were %d", marks_in_range(s),
			   (int)NR_SUB, marks);
	pinned_stay(s, before);
	step_end(s);
}
