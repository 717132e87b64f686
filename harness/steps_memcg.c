// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#include "feature.h"
#include "memory.h"
#include "tell.h"

/* A memory cgroup at its limit: what is charged for takes something else away, or is refused. */

/* What is written to beside the scene: more than would find room where all else was. */
#define MORE (512 * PAGE_4K)
/* For page tables, and what a processor has charged ahead: who gets none is killed. */
#define ROOM (64 * PAGE_4K)

static char *beside_us;
static size_t beside_len;
static long met_before;

/* Forget that process @pid has looked at its pages. */
static void forget_looks(struct scene *s, const char *pid)
{
	char path[48];
	int err;

	snprintf(path, sizeof(path), "/proc/%s/clear_refs", pid);
	err = file_put(path, "1");
	if (err)
		scene_error(s, "1 to %s: %s", path, strerror(-err));
}

/*
 * What was looked at since reclaim last came by is spared, and what two have looked at goes to the
 * active list and stays as long as there is other. MADV_COLD takes that back, but of nothing that is
 * mapped twice, or locked.
 */
static void make_cold(struct scene *s, char *p)
{
	char pid[16];

	if (s->memfd >= 0 && s->alias && madvise(s->alias, s->area_len, MADV_DONTNEED))
		scene_error(s, "MADV_DONTNEED: %s", strerror(errno));
	forget_looks(s, "self");
	for (int i = CHILD; i <= GRANDCHILD; i++) {
		if (!s->model.proc[i].alive)
			continue;
		snprintf(pid, sizeof(pid), "%d", s->proc[i].pid);
		forget_looks(s, pid);
	}
	/* Of what is locked in part, what lies beside that. */
	for_each_page(s, i)
		if (s->lock.pages && !(s->lock.pages >> i & 1) &&
		    madvise(page_addr(s, i), s->page_len, MADV_COLD))
			scene_error(s, "MADV_COLD: %s", strerror(errno));
	if ((!s->lock.pages && madvise(s->area, s->area_len, MADV_COLD)) ||
	    madvise(p, PAGE_4K, MADV_COLD))
		scene_error(s, "MADV_COLD: %s", strerror(errno));
}

static void write_beside(struct scene *s, char *p)
{
	make_cold(s, p);
	for (size_t at = 0; at < beside_len; at += PAGE_4K)
		(*(volatile char *)(beside_us + at))++;
	if (memcg_number(s, "memory.events", "max") == met_before)
		scene_error(s, "the memory cgroup has not met its limit");
}

/* mlock(2): it stays in RAM, whatever is short. */
static void locked_stays(struct scene *s, const bool there[MODEL_PAGES])
{
	for_each_page(s, i)
		if (s->lock.pages >> i & 1 && there[i] &&
		    !(pagemap(0, page_addr(s, i)) & PM_PRESENT))
			scene_fail(s, CHECK("press-takes-locked"), "C0",
				   "locked pages stay where they are", "page %u has gone", i);
}

void memcg_press(struct scene *s, bool must_go)
{
	bool there[MODEL_PAGES];
	long charged;

	step_begin(s, "C1", "memcg_press");
	tell_not("is in a memory cgroup");
	if (!s->memory->memcg)
		scene_error(s, "this memory is charged to no cgroup of ours");
	for_each_page(s, i)
		there[i] = pagemap(0, page_addr(s, i)) & PM_PRESENT;
	charged = memcg_number(s, "memory.current", NULL);
	beside_len = (charged + MORE) & ~(PAGE_4K - 1);
	beside_us = map_small(s, beside_len);
	met_before = memcg_number(s, "memory.events", "max");
	memcg_limit(s, ROOM);
	/* The page beside turns cold after the scene's: it goes when those have had their turn. */
	reclaim_by(s, must_go, write_beside, "a memory cgroup at its limit");
	memcg_limit_off(s);
	munmap(beside_us, beside_len);
	if (s->lock.pages)
		locked_stays(s, there);
	step_end(s);
}
