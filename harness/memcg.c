// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "feature.h"
#include "internal.h"
#include "version.h"

/*
 * A memory cgroup for a test, by the name of the process that has made the test's: that one removes
 * it when all who were in it have gone. Memory is charged to the cgroup that its process is in when a
 * page comes, and stays so; so the process goes there before it has any.
 */
static void path_of(char *path, size_t size, pid_t pid, const char *file)
{
	snprintf(path, size, CGROUPS "/cowpen-%d%s%s", pid, *file ? "/" : "", file);
}

static void put(struct scene *s, const char *file, const char *value)
{
	char path[96];
	int err;

	path_of(path, sizeof(path), getppid(), file);
	err = file_put(path, value);
	if (err)
		scene_error(s, "%s to %s: %s", value, path, strerror(-err));
}

void memcg_enter(struct scene *s)
{
	char path[96];

	feature_needed(s, F_MEMCG);
	path_of(path, sizeof(path), getppid(), "");
	if (mkdir(path, 0755) && errno != EEXIST)
		scene_error(s, "mkdir %s: %s", path, strerror(errno));
	put(s, "cgroup.procs", "0");
}

void memcg_charged(struct scene *s)
{
	struct stat st;
	char path[96];

	path_of(path, sizeof(path), getppid(), "");
	if (stat(path, &st))
		scene_error(s, "%s: %s", path, strerror(errno));
	for_each_page(s, i) {
		uint64_t pfn = frame_at(page_addr(s, i));

		/* Of a huge page older kernels tell it of the first small one. */
		if (!pfn || kpageflags(pfn) & KPF_TAIL)
			continue;
		if (kpagecgroup(pfn) != st.st_ino)
			scene_error(s, "page %u is charged to another cgroup", i);
	}
}

long memcg_number(struct scene *s, const char *file, const char *key)
{
	char path[96], line[64];
	long value = -1;

	path_of(path, sizeof(path), getppid(), file);
	if (key)
		value = file_number(path, key);
	else if (file_get(path, line, sizeof(line)))
		value = strtol(line, NULL, 10);
	if (value < 0)
		scene_error(s, "no %s in %s", key ?: "number", path);
	return value;
}

void memcg_limit(struct scene *s, long room)
{
	char bytes[32];

	snprintf(bytes, sizeof(bytes), "%ld", memcg_number(s, "memory.current", NULL) + room);
	put(s, "memory.max", bytes);
}

void memcg_limit_off(struct scene *s)
{
	put(s, "memory.max", "max");
}

void memcg_swaps(struct scene *s, bool may)
{
	feature_needed(s, F_MEMCG_SWAP);
	put(s, "memory.swap.max", may ? "max" : "0");
}

/* ENOENT: there is none. EBUSY: somebody in it is about to go. */
static bool removed(const char *path)
{
	return !rmdir(path) || errno != EBUSY;
}

/*
 * In kB. Up to v6.15 slots that are kept for later are charged, see swap_slots_drain(). What is charged
 * of memory cannot be told: each processor has some in reserve, and caches have some.
 */
static long swap_charged(pid_t pid)
{
	char path[96], line[64];

	path_of(path, sizeof(path), pid, "memory.swap.current");
	if (!kernel_since("6.15") || !file_get(path, line, sizeof(line)))
		return 0;
	return strtol(line, NULL, 10) / 1024;
}

void memcg_end(struct scene *s)
{
	char path[96];
	long left;

	path_of(path, sizeof(path), getpid(), "");
	if (access(path, F_OK))
		return;
	if (!wait_until(!(left = swap_charged(getpid()))) && passes(s)) {
		char seen[64];

		s->step++;
		snprintf(s->step_name, sizeof(s->step_name), "nothing left behind");
		snprintf(seen, sizeof(seen), "%ld kB", left);
		fail_said(s, CHECK("left-charged"), "C8",
			  "no swap is charged to a memory cgroup that nobody is in", seen);
		end_said(s);
	}
	if (!wait_until(removed(path)) && passes(s)) {
		error_said(s, "a process is left in the test's memory cgroup");
		end_said(s);
	}
}
