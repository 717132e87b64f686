// SPDX-License-Identifier: GPL-2.0-only
#include <linux/userfaultfd.h>

#include "memory.h"
#include "tell.h"

/*
 * Memory that a cgroup of the test's own is charged for: what makes it short there takes these
 * pages, and no others.
 */
static void map_in_memcg(struct scene *s, const struct memory_kind *kind)
{
	tell_not("is in a memory cgroup");
	memcg_enter(s);
	kind->map(s);
	memcg_charged(s);
}

static void map_anon_memcg(struct scene *s)
{
	map_in_memcg(s, &memory_anon);
}

static void map_thp_memcg(struct scene *s)
{
	map_in_memcg(s, &memory_thp);
}

static void map_shmem_memcg(struct scene *s)
{
	map_in_memcg(s, &memory_shmem);
}

const struct memory_kind memory_anon_memcg = {
	.name = "anon_memcg",
	.what = "private anonymous, 4 KiB pages, charged to a memory cgroup of its own",
	.npages = 4,
	.memcg = true,
	.map = map_anon_memcg,
};
const struct memory_kind memory_thp_memcg = {
	.name = "thp_memcg",
	.what = "a THP mapped by a PMD, charged to a memory cgroup of its own",
	.npages = 4,
	.memcg = true,
	.map = map_thp_memcg,
};
const struct memory_kind memory_shmem_memcg = {
	.name = "shmem_memcg",
	.what = "shared memfd, charged to a memory cgroup of its own",
	.npages = 4,
	.shared = true,
	.memcg = true,
	.map = map_shmem_memcg,
	.uffd_features = UFFD_FEATURE_WP_HUGETLBFS_SHMEM,
};
