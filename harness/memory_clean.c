// SPDX-License-Identifier: GPL-2.0-only
/*
 * Memory that nobody has written: its first content is zeros, and what the kernel
 * keeps of its pages (dirty, up to date, in swap in one piece) is not what a write
 * makes of it.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "memory.h"

static void make_file(struct scene *s, unsigned int flags, size_t len)
{
	s->memfd = memfd_create("cowpen", MFD_CLOEXEC | MFD_ALLOW_SEALING | flags);
	if (s->memfd < 0 || ftruncate(s->memfd, len))
		scene_error(s, "memfd: %s", strerror(errno));
}

static void map_small_file(struct scene *s)
{
	make_file(s, 0, s->npages * PAGE_4K);
	s->area = map_or_error(s, NULL, s->npages * PAGE_4K, PROT_READ | PROT_WRITE, MAP_SHARED,
			       s->memfd);
	pages_in_a_row(s, PAGE_4K);
}

/* By a read: the page table would let a write through, and neither it nor the page is dirty. */
static void map_shmem_clean(struct scene *s)
{
	map_small_file(s);
	read_populate(s);
}

/* In the file, and neither cleared nor mapped: the first who touches it clears it. */
static void map_shmem_fallocated(struct scene *s)
{
	map_small_file(s);
	if (fallocate(s->memfd, 0, 0, s->area_len))
		scene_error(s, "fallocate: %s", strerror(errno));
}

/* A hole in a file of huge pages, for which none is set aside. */
static void map_hugetlb_hole(struct scene *s)
{
	huge_pages_needed(s);
	make_file(s, MFD_HUGETLB, s->npages * HUGEPAGE);
	s->area = map_or_error(s, NULL, s->npages * HUGEPAGE, PROT_READ | PROT_WRITE,
			       MAP_SHARED | MAP_NORESERVE, s->memfd);
	pages_in_a_row(s, HUGEPAGE);
}

/* Set aside for a mapping that nobody has touched. */
static void map_hugetlb_untouched(struct scene *s)
{
	long before;

	huge_pages_needed(s);
	before = file_number("/proc/meminfo", "HugePages_Rsvd");
	s->area = map_or_error(s, NULL, s->npages * HUGEPAGE, PROT_READ | PROT_WRITE,
			       MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB, -1);
	if (file_number("/proc/meminfo", "HugePages_Rsvd") != before + s->npages)
		scene_error(s, "no %u huge pages are reserved for it", s->npages);
	pages_in_a_row(s, HUGEPAGE);
}

/* A file's huge page, mapped by a PMD, brought in by a read. */
static void map_shmem_thp_clean(struct scene *s)
{
	area_for_thp(s, HUGEPAGE, sub_all);
	shmem_huge(s, true);
	make_file(s, 0, HUGEPAGE);
	map_or_error(s, s->area, HUGEPAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED,
		     s->memfd);
	read_populate(s);
	shmem_huge(s, false);
	if (shmem_huge_kib(s->area) * 1024L < (long)HUGEPAGE)
		scene_error(s, "no PMD maps the file: memory is fragmented");
}

/* The same, a private view of it: nothing of what is written there may get into the file. */
static void map_shmem_thp_private(struct scene *s)
{
	char *second = map_aligned(s, HUGEPAGE);

	area_for_thp(s, HUGEPAGE, sub_all);
	shmem_huge(s, true);
	s->memfd = memfd_create("cowpen", MFD_CLOEXEC);
	fill_file(s);
	map_or_error(s, s->area, HUGEPAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_FIXED,
		     s->memfd);
	if (madvise(s->area, HUGEPAGE, MADV_HUGEPAGE))
		scene_error(s, "MADV_HUGEPAGE: %s", strerror(errno));
	read_populate(s);
	shmem_huge(s, false);
	if (shmem_huge_kib(s->area) * 1024L < (long)HUGEPAGE)
		scene_error(s, "no PMD maps the file: memory is fragmented");
	s->alias = map_or_error(s, second, HUGEPAGE, PROT_READ, MAP_SHARED | MAP_FIXED, s->memfd);
}

/* The type and offset of what is swapped out. */
#define PM_SWAP_PLACE(e) PM_PFN(e)
#define PM_TYPE_BITS	 5

/* In swap in one piece: one entry after the other, in order (38d8b4e6bdc8, v4.14). */
static void map_thp_swapped(struct scene *s)
{
	uint64_t first;

	area_for_thp(s, HUGEPAGE, sub_all);
	populate(s);
	if (!pmd_mapped(s->area))
		scene_error(s, "no huge page at fault: memory is fragmented");
	reclaim(s, true);
	first = PM_SWAP_PLACE(pagemap(0, s->area));
	for (unsigned long i = 1; i < HUGEPAGE / PAGE_4K; i++)
		if (PM_SWAP_PLACE(pagemap(0, s->area + i * PAGE_4K)) != first + (i << PM_TYPE_BITS))
			scene_error(s, "the huge page did not go to swap in one piece "
				       "(CONFIG_THP_SWAP, or swap is fragmented)");
}

const struct memory_kind memory_shmem_clean = {
	.name = "shmem_clean",
	.what = "shared memfd, mapped by a read: clean, and never written",
	.npages = 4,
	.shared = true,
	.map = map_shmem_clean,
	.uffd_features = UFFD_FEATURE_WP_HUGETLBFS_SHMEM,
};
const struct memory_kind memory_shmem_fallocated = {
	.name = "shmem_fallocated",
	.what = "shared memfd, allocated in the file, neither cleared nor mapped",
	.npages = 4,
	.shared = true,
	.map = map_shmem_fallocated,
	.uffd_features = UFFD_FEATURE_WP_HUGETLBFS_SHMEM,
};
const struct memory_kind memory_hugetlb_hole = {
	.name = "hugetlb_hole",
	.what = "shared hugetlb file with nothing in it, and no huge page set aside",
	.npages = 2,
	.shared = true,
	.huge = true,
	.map = map_hugetlb_hole,
	.uffd_features = UFFD_FEATURE_WP_HUGETLBFS_SHMEM,
};
const struct memory_kind memory_hugetlb_untouched = {
	.name = "hugetlb_untouched",
	.what = "private anonymous hugetlb, set aside for it, and nobody has touched it",
	.npages = 2,
	.huge = true,
	.map = map_hugetlb_untouched,
	.uffd_features = UFFD_FEATURE_WP_HUGETLBFS_SHMEM,
};
const struct memory_kind memory_shmem_thp_clean = {
	.name = "shmem_thp_clean",
	.what = "shared memfd, a huge page mapped by a PMD, brought in by a read",
	.npages = 4,
	.shared = true,
	.map = map_shmem_thp_clean,
	.uffd_features = UFFD_FEATURE_WP_HUGETLBFS_SHMEM,
};
const struct memory_kind memory_shmem_thp_private = {
	.name = "shmem_thp_private",
	.what = "private mapping of a memfd's huge page, mapped by a PMD, by a read",
	.npages = 4,
	.map = map_shmem_thp_private,
	.uffd_features = UFFD_FEATURE_WP_HUGETLBFS_SHMEM,
};
const struct memory_kind memory_thp_swapped = {
	.name = "thp_swapped",
	.what = "a THP, swapped out in one piece",
	.npages = 4,
	.map = map_thp_swapped,
};
