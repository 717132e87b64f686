// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <linux/userfaultfd.h>
#include <string.h>
#include <sys/mman.h>

#include "memory.h"

/* Memory that is about to be collapsed, or split. */

/* 2 MiB of small pages, all there, where a huge page may come. */
static void map_small_2m(struct scene *s)
{
	area_for_thp(s, HUGEPAGE, sub_all);
	if (madvise(s->area, HUGEPAGE, MADV_NOHUGEPAGE))
		scene_error(s, "MADV_NOHUGEPAGE: %s", strerror(errno));
	populate_all(s);
	if (madvise(s->area, HUGEPAGE, MADV_HUGEPAGE))
		scene_error(s, "MADV_HUGEPAGE: %s", strerror(errno));
	if (pmd_mapped(s->area))
		scene_error(s, "a huge page came, though it was not to");
}

/* A file of 2 MiB in small pages, mapped twice so that either could be by a PMD. */
static void map_shmem_2m(struct scene *s)
{
	char *second = map_aligned(s, HUGEPAGE);

	area_for_thp(s, HUGEPAGE, sub_all);
	s->memfd = memfd_create("cowpen", MFD_CLOEXEC);
	fill_file(s);
	map_or_error(s, s->area, HUGEPAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED,
		     s->memfd);
	s->alias = map_or_error(s, second, HUGEPAGE, PROT_READ, MAP_SHARED | MAP_FIXED, s->memfd);
	s->alias_follows = s->alias_rest = true;
	populate_all(s);
}

/* A huge page with nothing but zeros in it: hardly used, as reclaim sees it. */
static void map_thp_zeros(struct scene *s)
{
	area_for_thp(s, HUGEPAGE, sub_all);
	*(volatile char *)s->area = 0;
	touch(s, ALL_PAGES);
	rest_is(s, 0, 0, 0);
	if (!pmd_mapped(s->area))
		scene_error(s, "no huge page at fault: memory is fragmented, or THP is off "
			       "(/sys/kernel/mm/transparent_hugepage/enabled)");
}

const struct memory_kind memory_small_2m = {
	.name = "small_2m",
	.what = "private anonymous 4 KiB pages that fill a range of 2 MiB: can be collapsed",
	.npages = 4,
	.map = map_small_2m,
};
const struct memory_kind memory_shmem_2m = {
	.name = "shmem_2m",
	.what = "shared memfd, 4 KiB pages that fill a range of 2 MiB: can be collapsed",
	.npages = 4,
	.shared = true,
	.map = map_shmem_2m,
	.uffd_features = UFFD_FEATURE_WP_HUGETLBFS_SHMEM,
};
const struct memory_kind memory_thp_zeros = {
	.name = "thp_zeros",
	.what = "a THP that is mostly zeros: reclaim may split it (v6.12)",
	.npages = 4,
	.map = map_thp_zeros,
};
