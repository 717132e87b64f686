// SPDX-License-Identifier: GPL-2.0-only
/* After a test, before another one. */
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/swap.h>
#include <unistd.h>

#include "agent.h"

#define KSM	"/sys/kernel/mm/ksm/"
#define DEBUGFS "/sys/kernel/debug/"
#define POOL	"/proc/sys/vm/nr_hugepages"

/*
 * Tests in company share one kernel, and what is not put back here is not: the
 * layout of memory, what is on which LRU list, KSM's trees, the caches, counters.
 * Put back are the processes, what stands in folders that everybody writes to,
 * and these settings, all of which a test may have a reason to turn. None of it
 * costs more than reading a file where a test left things as they were.
 */
static struct knob {
	const char *path;
	bool while_unmerged; /* else EBUSY */
	char was[128];
} knobs[] = {
	{ .path = POOL },
	{ .path = "/proc/sys/vm/nr_overcommit_hugepages" },
	{ .path = "/proc/sys/vm/swappiness" },
	{ .path = "/proc/sys/vm/overcommit_memory" },
	{ .path = "/proc/sys/vm/max_map_count" },
	{ .path = "/proc/sys/vm/compact_unevictable_allowed" },
	{ .path = "/proc/sys/vm/unprivileged_userfaultfd" },
	{ .path = "/proc/sys/kernel/numa_balancing" },
	{ .path = "/proc/sys/kernel/printk" },
	{ .path = KSM "run" },
	{ .path = KSM "sleep_millisecs" },
	{ .path = KSM "pages_to_scan" },
	{ .path = KSM "merge_across_nodes", .while_unmerged = true },
	{ .path = KSM "use_zero_pages" },
	{ .path = KSM "smart_scan" },
	{ .path = "/sys/kernel/mm/numa/demotion_enabled" },
	{ .path = "/sys/kernel/mm/transparent_hugepage/enabled" },
	{ .path = "/sys/kernel/mm/transparent_hugepage/defrag" },
	{ .path = "/sys/kernel/mm/transparent_hugepage/shmem_enabled" },
	{ .path = "/sys/kernel/mm/transparent_hugepage/use_zero_page" },
	{ .path = "/sys/kernel/mm/transparent_hugepage/hugepages-16kB/enabled" },
	{ .path = "/sys/kernel/mm/transparent_hugepage/hugepages-32kB/enabled" },
	{ .path = "/sys/kernel/mm/transparent_hugepage/hugepages-64kB/enabled" },
	{ .path = "/sys/kernel/mm/transparent_hugepage/hugepages-128kB/enabled" },
	{ .path = "/sys/kernel/mm/transparent_hugepage/hugepages-256kB/enabled" },
	{ .path = "/sys/kernel/mm/transparent_hugepage/hugepages-512kB/enabled" },
	{ .path = "/sys/kernel/mm/transparent_hugepage/hugepages-1024kB/enabled" },
	{ .path = "/sys/kernel/mm/transparent_hugepage/hugepages-2048kB/enabled" },
	{ .path = DEBUGFS "fail_page_alloc/ignore-gfp-wait" },
	{ .path = DEBUGFS "fail_page_alloc/ignore-gfp-highmem" },
	{ .path = DEBUGFS "fail_page_alloc/min-order" },
	{ .path = DEBUGFS "fail_page_alloc/verbose" },
	{ .path = DEBUGFS "failslab/ignore-gfp-wait" },
	{ .path = DEBUGFS "failslab/verbose" },
	{ .path = KHUGEPAGED "defrag" },
	{ .path = KHUGEPAGED "max_ptes_none" },
	{ .path = KHUGEPAGED "max_ptes_shared" },
	{ .path = KHUGEPAGED "max_ptes_swap" },
	{ .path = KHUGEPAGED "pages_to_scan" },
	/* last: to write it wakes khugepaged, which scans once and sleeps for good again */
	{ .path = KHUGEPAGED "scan_sleep_millisecs" },
};

static const char *const emptied[] = { "/tmp", "/dev/shm", "/mnt" };

/* What all tests draw on, and no test may keep (clause C8). */
static struct common {
	long huge_free, huge_reserved, swap, swap_free, swap_cached, pins, failed;
} common_was;

/* Of "a [b] c" the "b", else all of it. */
static char *knob_read(const char *path, char *buf, size_t size)
{
	char *open = strchr(slurp(path, buf, size), '['), *close = open ? strchr(open, ']') : NULL;

	if (!close)
		return buf;
	*close = '\0';
	return open + 1;
}

static void common_read(struct common *c)
{
	static char buf[16384];

	spit("/proc/sys/vm/stat_refresh", "1"); /* counts are kept per CPU until then */
	slurp("/proc/meminfo", buf, sizeof(buf));
	c->huge_free = number(buf, "HugePages_Free:");
	c->huge_reserved = number(buf, "HugePages_Rsvd:");
	c->swap = number(buf, "SwapTotal:");
	c->swap_free = number(buf, "SwapFree:");
	c->swap_cached = number(buf, "SwapCached:");
	c->failed = number(buf, "HardwareCorrupted:");
	slurp("/proc/vmstat", buf, sizeof(buf));
	c->pins = number(buf, "nr_foll_pin_acquired ") - number(buf, "nr_foll_pin_released ");
}

void remember(void)
{
	char buf[128];

	for (size_t i = 0; i < sizeof(knobs) / sizeof(*knobs); i++)
		snprintf(knobs[i].was, sizeof(knobs[i].was), "%s",
			 knob_read(knobs[i].path, buf, sizeof(buf)));
	common_read(&common_was);
}

/* All that is in folder @path, also in what is mounted there, but not the folder. */
static void empty(const char *path)
{
	DIR *d = opendir(path);
	struct dirent *e;

	while (d && (e = readdir(d))) {
		char sub[PATH_MAX];

		if (!strcmp(e->d_name, ".") || !strcmp(e->d_name, ".."))
			continue;
		snprintf(sub, sizeof(sub), "%s/%s", path, e->d_name);
		if (!unlink(sub) || (errno != EISDIR && errno != EPERM))
			continue;
		empty(sub);
		rmdir(sub);
	}
	if (d)
		closedir(d);
}

__attribute__((format(printf, 2, 3))) static void left(struct text *t, const char *fmt, ...)
{
	char what[256];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(what, sizeof(what), fmt, ap);
	va_end(ap);
	add(t, "%s%s", t->len ? ", " : "", what);
}

/* Nothing is merged. A process that has gone is on the list until somebody goes over it. */
static void ksm_unmerge(void)
{
	char run[16];

	slurp(KSM "run", run, sizeof(run));
	spit(KSM "run", "2");
	spit(KSM "run", run);
}

/*
 * A huge page whose memory failed in a file stays in the pool, and out of use, for good: then the
 * pool is to stay as large as the test has made it, to have as many that can be used.
 */
static void pool_stays(void)
{
	char buf[128], all[4096];
	long failed = number(slurp("/proc/meminfo", all, sizeof(all)), "HardwareCorrupted:");

	for (size_t i = 0; failed > common_was.failed && i < sizeof(knobs) / sizeof(*knobs); i++)
		if (!strcmp(knobs[i].path, POOL))
			snprintf(knobs[i].was, sizeof(knobs[i].was), "%s",
				 knob_read(POOL, buf, sizeof(buf)));
}

/* Turn back what was turned, and tell in @t what cannot be. */
static void knobs_back(struct text *t)
{
	char buf[128], *now;

	for (size_t i = 0; i < sizeof(knobs) / sizeof(*knobs); i++) {
		const struct knob *k = &knobs[i];

		if (!strcmp(knob_read(k->path, buf, sizeof(buf)), k->was))
			continue;
		if (k->while_unmerged)
			ksm_unmerge();
		spit(k->path, k->was);
		now = knob_read(k->path, buf, sizeof(buf));
		if (strcmp(now, k->was))
			left(t, "%s is %s, was %s", k->path, now, k->was);
	}
}

/* A test's, whose processes have gone. */
static void cgroups_back(struct text *t)
{
	DIR *d = opendir(CGROUPS);
	struct dirent *e;

	while (d && (e = readdir(d))) {
		char path[PATH_MAX];

		if (e->d_type != DT_DIR || *e->d_name == '.')
			continue;
		snprintf(path, sizeof(path), CGROUPS "/%s", e->d_name);
		for (uint64_t until = now_us() + 1000000; rmdir(path); usleep(5000))
			if (errno != EBUSY || now_us() > until) {
				left(t, "%s: %s", path, strerrorname_np(errno));
				break;
			}
	}
	if (d)
		closedir(d);
}

/* What may wait in the caches of each CPU where they cannot be emptied. */
static long swap_slack_kib(void)
{
	return *swap_beside ? 0 : 2048;
}

/*
 * Of the swap that is in use, what no page in memory has, too: the kernel may leave
 * one to reclaim with the slot that it had.
 */
static long swap_gone_kib(const struct common *c)
{
	long gone = common_was.swap_free + common_was.swap_cached - c->swap_free - c->swap_cached;

	return gone > swap_slack_kib() ? gone : 0;
}

static bool common_is_back(const struct common *c)
{
	return c->huge_free >= common_was.huge_free &&
	       c->huge_reserved <= common_was.huge_reserved && c->swap >= common_was.swap &&
	       !swap_gone_kib(c) && c->pins <= common_was.pins;
}

/*
 * What is missing of what all draw on. Some of it comes back by a work queue: give it a second. Memory
 * that has failed does not, and what becomes of it is the kernel's: 7.3 counts a huge page as free that
 * nobody gets (hugetlb-failed-counts-free), and others give it out. True if none has.
 */
static bool common_back(struct text *t)
{
	uint64_t until = now_us() + 1000000;
	struct common c;
	bool whole;

	for (common_read(&c); !common_is_back(&c) && now_us() < until; common_read(&c)) {
		if (c.swap < common_was.swap)
			swapon(swap_area, 0);
		if (!swap_gone_kib(&c) || !swap_slots_drain())
			usleep(5000);
	}
	if (c.huge_free < common_was.huge_free)
		left(t, "%ld of %ld free huge pages are gone", common_was.huge_free - c.huge_free,
		     common_was.huge_free);
	if (c.huge_reserved > common_was.huge_reserved)
		left(t, "%ld huge pages are reserved", c.huge_reserved - common_was.huge_reserved);
	if (c.swap < common_was.swap)
		left(t, "swap is off");
	else if (swap_gone_kib(&c))
		left(t, "%ld KiB of swap are in use", swap_gone_kib(&c));
	if (c.pins > common_was.pins)
		left(t, "%ld pins stand", c.pins - common_was.pins);
	whole = c.failed <= common_was.failed;
	/* what this one has left is not to be laid at the next one's door */
	common_was = c;
	return whole;
}

bool put_back(struct text *t)
{
	for (size_t i = 0; i < sizeof(emptied) / sizeof(*emptied); i++)
		empty(emptied[i]);
	pool_stays();
	knobs_back(t);
	cgroups_back(t);
	return common_back(t);
}
