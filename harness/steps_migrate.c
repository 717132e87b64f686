// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "feature.h"
#include "memory.h"
#include "tell.h"

/* linux/mempolicy.h; the flag is for those with CAP_SYS_NICE and takes shared pages, too. */
#define MPOL_MF_MOVE_ALL (1 << 2)

/* --- ZONE_MOVABLE ------------------------------------------------------------------ */

void in_movable_zone(struct scene *s)
{
	char *from;
	size_t len;
	struct pages p;

	step_begin(s, "", "in_movable_zone");
	feature_needed(s, F_MOVABLE_ZONE);
	tell_not("has memory in ZONE_MOVABLE");
	page_range(s, ALL_PAGES, &from, &len);
	p = pages_at(0, from, len);
	if (!p.pages || p.movable != p.pages - p.zero)
		scene_error(s, "of %lu small pages %lu are in ZONE_MOVABLE", p.pages, p.movable);
	step_end(s);
}

/* --- from one NUMA node to the other --------------------------------------------- */

enum where { HERE, OTHER_NODE };

/*
 * Ask for one page to be moved to the other node. One a call: a page that cannot
 * be moved ends a call, and those behind it are not tried. How it went is seen by
 * the frame: some kernels leave the status alone if the page could not be moved.
 * The status is returned for a message. To be asked for where the page is already
 * makes the kernel put all fresh pages on their lists, and no more.
 */
static int move_page(struct scene *s, void *page, enum where where)
{
	int status = -EINPROGRESS, node;
	bool closed = false;

	for_each_page(s, i)
		closed |= page == page_addr(s, i) && !page_visible(s, PARENT, i);
	/* Where NUMA balancing has taken the rights, it finds nothing (474098edac26, v6.1). */
	if (!closed)
		(void)*(volatile char *)page;
	/* Without nodes it tells where the page is. */
	if (!syscall(SYS_move_pages, 0, 1UL, &page, NULL, &status, MPOL_MF_MOVE_ALL)) {
		node = where == HERE ? status : !status;
		if (syscall(SYS_move_pages, 0, 1UL, &page, &node, &status, MPOL_MF_MOVE_ALL) >= 0)
			return status;
	}
	scene_error(s, "move_pages: %s", strerror(errno));
}

int page_node(struct scene *s, void *page)
{
	int status = -EINPROGRESS;

	/* Where NUMA balancing has taken the rights, it finds nothing (474098edac26, v6.1). */
	(void)*(volatile char *)page;
	if (syscall(SYS_move_pages, 0, 1UL, &page, NULL, &status, 0) || status < 0)
		scene_error(s, "move_pages does not say where a page is (status %d)", status);
	return status;
}

static bool on_node(struct scene *s, void *page, int node)
{
	if (page_node(s, page) != node)
		move_page(s, page, OTHER_NODE);
	return page_node(s, page) == node;
}

void page_to_node(struct scene *s, void *page, int node)
{
	/* A fresh page may still be on its way to the LRU list. */
	if (!wait_until(on_node(s, page, node)))
		wait_error(s, by_kernel(NULL), "move_pages() did not move a page beside");
}

/*
 * Ask for all pages that are where they were, and for one beside. True if that has moved, and
 * all have that nothing holds. *@status: what was last said of the one beside.
 */
static bool all_move(struct scene *s, const uint64_t before[], char *beside, uint64_t pfn,
		     int *status)
{
	bool all = true;

	/* A page may have come along with another that is part of the same folio. */
	for_each_page(s, i)
		if (before[i] && frame_at(page_addr(s, i)) == before[i])
			move_page(s, page_addr(s, i), OTHER_NODE);
	if (frame_at(beside) == pfn)
		*status = move_page(s, beside, OTHER_NODE);
	for_each_page(s, i)
		all &= !page_may_go(s, i) || frame_at(page_addr(s, i)) != before[i];
	return all && frame_at(beside) != pfn;
}

/* A page beside must move, or nothing is known; so must then what nothing holds. */
void migrate(struct scene *s)
{
	uint64_t before[MODEL_PAGES], pfn;
	unsigned int may_go = 0;
	int status = 0;
	char *p;

	step_begin(s, "C1", "migrate");
	feature_needed(s, F_TWO_NODES);
	feature_needed(s, F_MOVE_PAGES);
	p = canary(s);
	pfn = frame_at(p);
	tell("migrate();");
	for_each_page(s, i)
		may_go |= page_may_go(s, i) << i;
	if (may_go)
		tell("migrated(%#x);", may_go);
	frames_now(s, before);
	/* A fresh page may still be on its way to the LRU list. */
	if (!wait_until(all_move(s, before, p, pfn, &status))) {
		if (frame_at(p) == pfn)
			wait_error(s, by_kernel(NULL),
				   "move_pages() did not move a page beside (status %d, pagemap "
				   "%#llx)",
				   status, (unsigned long long)pagemap(0, p));
		scene_fail(s, CHECK("migrate-stays"), "C8", "a page that nothing holds is moved",
			   "move_pages() moves a page beside, and leaves one of the scene");
	}
	munmap(p, PAGE_4K);
	tell_moved(s, "migrated", before);
	pinned_stay(s, before);
	step_end(s);
}

/* --- compaction -------------------------------------------------------------------- */

#define HOLES 4096 /* pages beside: 16 MiB, of which every other one is given back */
/* In 5.10 it has another name, and the lists are short anyway. */
#define PCP_FRACTION "/proc/sys/vm/percpu_pagelist_high_fraction"

#define COMPACT_ROUNDS 8
#define BLOCK(pfn)     ((pfn) >> 9) /* compaction goes by pageblocks, of 2 MiB */

static struct {
	char *p;
	uint64_t pfn[HOLES];	/* of those that were left */
	unsigned int at[HOLES]; /* pages, by their frames when there were no holes */
} around;

static int by_frame(const void *a, const void *b)
{
	uint64_t x = around.pfn[*(const unsigned int *)a], y = around.pfn[*(const unsigned int *)b];

	return x < y ? -1 : x > y;
}

static void give_back(struct scene *s, unsigned int i)
{
	if (!around.pfn[i])
		return;
	if (madvise(around.p + i * PAGE_4K, PAGE_4K, MADV_DONTNEED))
		scene_error(s, "MADV_DONTNEED: %s", strerror(errno));
	around.pfn[i] = 0;
}

/*
 * The page goes to the other node and comes back where one of those beside was, from @low on,
 * that has just been given back: a processor first hands out what it was given last.
 */
static bool lies_low(struct scene *s, char *page, unsigned int low)
{
	for (unsigned int i = low; i < low + HOLES / 128; i++) {
		uint64_t pfn = around.pfn[around.at[i]];

		if (!pfn)
			continue;
		move_page(s, page, OTHER_NODE);
		give_back(s, around.at[i]);
		move_page(s, page, OTHER_NODE);
		if (frame_at(page) == pfn)
			return true;
	}
	return false;
}

/* Where those begin that lie in the lowest block which has enough of them. */
static unsigned int lowest_block(struct scene *s)
{
	for (unsigned int i = 0; i + HOLES / 64 < HOLES; i++)
		if (BLOCK(around.pfn[around.at[i]]) == BLOCK(around.pfn[around.at[i + HOLES / 64]]))
			return i;
	scene_error(s, "%d pages beside lie in as many blocks", HOLES);
}

void holes_around(struct scene *s)
{
	unsigned int low;

	step_begin(s, "C1", "holes_around");
	tell_not("needs luck: what compaction moves depends on where free pages lie");
	feature_needed(s, F_COMPACTION);
	feature_needed(s, F_TWO_NODES);
	feature_needed(s, F_MOVE_PAGES);
	around.p = map_small(s, HOLES * PAGE_4K);
	for (unsigned int i = 0; i < HOLES; i++)
		around.p[i * PAGE_4K] = 1;
	for (unsigned int i = 0; i < HOLES; i++) {
		around.pfn[i] = frame_at(around.p + i * PAGE_4K);
		around.at[i] = i;
	}
	qsort(around.at, HOLES, sizeof(around.at[0]), by_frame);
	low = lowest_block(s);
	for_each_page(s, i)
		if (page_may_go(s, i) && !lies_low(s, page_addr(s, i), low))
			scene_error(s, "page %u does not come to lie among pages beside", i);
	/* Free pages are kept by each processor, where they are no holes: not so many. */
	if (!access(PCP_FRACTION, W_OK))
		knob_set(s, PCP_FRACTION, "1000000");
	for (unsigned int i = HOLES - 1; i > low + HOLES / 128; i -= 2)
		give_back(s, around.at[i]);
	knobs_restore();
	/* The lowest last: what the scene gets next, by the copy for a pin, lies there. */
	for (unsigned int i = low + HOLES / 128; i > low; i -= 2)
		give_back(s, around.at[i]);
	step_end(s);
}

/* Those in one pageblock with a page of the scene; how many of them moved. */
static unsigned int moved_beside(struct scene *s, const uint64_t before[], unsigned int *of)
{
	unsigned int moved = 0;

	*of = 0;
	for (unsigned int i = 0; i < HOLES; i++) {
		bool beside = false;

		for_each_page(s, k)
			beside |= before[k] && BLOCK(before[k]) == BLOCK(around.pfn[i]);
		if (!around.pfn[i] || !beside)
			continue;
		++*of;
		moved += frame_at(around.p + i * PAGE_4K) != around.pfn[i];
	}
	return moved;
}

/*
 * A scanner that looks for pages to move comes from below, one that looks for holes to fill
 * from above; where they meet, both end. Blocks that are free as a whole are no holes,
 * so the latter finds those that holes_around() made, and what lies low among them moves
 * if nothing holds it. That one got to the scene's pages shows on pages beside them.
 */
void compact(struct scene *s)
{
	unsigned int moved = 0, rounds = 0, beside = 0, may_go = 0, gone = 0;
	uint64_t before[MODEL_PAGES];
	bool may[MODEL_PAGES] = { false };
	long isolated;
	int err;

	step_begin(s, "C1", "compact");
	if (!around.p)
		scene_error(s, "there are no holes: holes_around() comes first");
	frames_now(s, before);
	for_each_page(s, i) {
		may[i] = page_may_go(s, i);
		may_go += may[i];
	}
	isolated = file_number("/proc/vmstat", "compact_isolated");
	for (; rounds < COMPACT_ROUNDS && (!moved || gone < may_go); rounds++) {
		err = file_put("/proc/sys/vm/compact_memory", "1");
		if (err)
			scene_error(s, "compact_memory: %s", strerror(-err));
		moved = moved_beside(s, before, &beside);
		gone = 0;
		for_each_page(s, i)
			gone += may[i] && frame_at(page_addr(s, i)) != before[i];
	}
	observe(s, "compacted_beside", "%u of %u, %u times", moved, beside, rounds);
	tell_moved(s, "compacted", before);
	pinned_stay(s, before);
	isolated = file_number("/proc/vmstat", "compact_isolated") - isolated;
	if (!moved && !isolated)
		scene_error(s, "compaction took no page anywhere, %d times", COMPACT_ROUNDS);
	/* In a guest that much has run in, its scanners may meet before they come here. */
	if (!moved)
		scene_inconclusive(s,
				   "compaction took %ld pages elsewhere, and moved none of %u "
				   "beside, %d times",
				   isolated, beside, COMPACT_ROUNDS);
	if (may_go && !gone)
		scene_inconclusive(s,
				   "compaction moved %u of %u pages beside, and none of the "
				   "scene's",
				   moved, beside);
	munmap(around.p, HOLES * PAGE_4K);
	around.p = NULL;
	step_end(s);
}

/* --- NUMA hinting faults --------------------------------------------------------------- */

#define NUMA_BALANCING "/proc/sys/kernel/numa_balancing"

static _Atomic bool spin;

/* The scan is work that a thread is given when it has used up some processor time. */
static void use_up_time(void *arg)
{
	(void)arg;
	while (spin)
		;
}

static void scan_soon(struct scene *s)
{
	/* In debugfs since 8a99b6833c88 (v5.13). */
	static const char *const prefix[] = { NUMA_BALANCING "_", "/sys/kernel/debug/sched/"
								  "numa_balancing/" };
	char path[96];

	for (unsigned int i = 0; i < 2; i++) {
		snprintf(path, sizeof(path), "%sscan_period_min_ms", prefix[i]);
		if (access(path, W_OK))
			continue;
		knob_set(s, path, "1");
		snprintf(path, sizeof(path), "%sscan_delay_ms", prefix[i]);
		knob_set(s, path, "1");
	}
}

static long hint_faults(void)
{
	return file_number("/proc/vmstat", "numa_hint_faults");
}

/* Did a touch of the page @beside fault, after what the counter of scanned pages was then? */
static bool scanned(char *beside, long updates)
{
	long faults;

	ms_sleep(5);
	/* Twice: the second time all that the look itself needs has been touched. */
	faults = hint_faults();
	faults = hint_faults();
	*(volatile char *)beside = 2;
	return hint_faults() > faults && file_number("/proc/vmstat", "numa_pte_updates") > updates;
}

/*
 * A scan takes the rights from what the process has mapped, and the next touch
 * is a fault that tells where the page is used from; that may move it. It goes
 * over all memory in one go; that it did shows on a page beside.
 */
void numa_hint(struct scene *s)
{
	uint64_t before[MODEL_PAGES];
	struct helper_thread thread;
	long updates, faults;
	char *p;

	step_begin(s, "C1", "numa_hint");
	tell_not("needs luck: NUMA balancing scans when it likes");
	feature_needed(s, F_TWO_NODES);
	feature_needed(s, F_MOVE_PAGES);
	feature_needed(s, F_NUMA_BALANCING);
	/* A page has a reference more until it is on its list, and so long is not scanned. */
	p = canary(s);
	move_page(s, p, HERE);
	frames_now(s, before);
	scan_soon(s);
	knob_set(s, NUMA_BALANCING, "1");
	updates = file_number("/proc/vmstat", "numa_pte_updates");
	spin = true;
	helper_start(s, &thread, use_up_time, NULL);
	if (!wait_until(scanned(p, updates)))
		wait_error(s, by_thread(&thread), "no scan by NUMA balancing within %d ms",
			   PATIENCE_MS);
	spin = false;
	helper_join(&thread);
	faults = hint_faults();
	faults = hint_faults();
	for_each_page(s, i)
		if (before[i])
			(void)*(volatile uint64_t *)page_addr(s, i);
	observe(s, "hint_faults", "%ld", hint_faults() - faults);
	knobs_restore();
	munmap(p, PAGE_4K);
	tell_moved(s, "moved_by_hint", before);
	pinned_stay(s, before);
	step_end(s);
}

static uint64_t noted[MODEL_PAGES];

void frames_note(struct scene *s)
{
	step_begin(s, "C1", "frames_note");
	tell_nothing();
	frames_now(s, noted);
	step_end(s);
}

void frames_tell(struct scene *s, const char *what)
{
	step_begin(s, "C1", "frames_tell");
	tell_nothing();
	tell_moved(s, what, noted);
	step_end(s);
}
