// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <linux/userfaultfd.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "internal.h"

#define PAGE_4K	 4096UL
#define HUGEPAGE (2UL << 20)

static void *map_or_error(struct scene *s, void *at, size_t len, int prot, int flags, int fd)
{
	void *p = mmap(at, len, prot, flags, fd, 0);

	if (p == MAP_FAILED)
		scene_error(s, "mmap: %s", strerror(errno));
	return p;
}

static void pages_in_a_row(struct scene *s, size_t stride)
{
	s->page_len = stride;
	s->area_len = s->npages * stride;
	for_each_page(s, i)
		s->page_offset[i] = i * stride;
}

/* First content, by the CPU of the parent: the pages are then private, present and writable. */
static void populate(struct scene *s)
{
	for_each_page(s, i) {
		for (enum cell c = 0; c < NR_CELLS; c++) {
			uint64_t v = stamp(BY_PARENT, 0, i, c);

			*(volatile uint64_t *)cell_addr(s, i, c) = v;
			model_write(&s->model, PARENT, i, c, v);
		}
	}
	touch(s, ALL_PAGES);
}

static void must_be_present(struct scene *s)
{
	for_each_page(s, i)
		if (!(pagemap(0, page_addr(s, i)) & PM_PRESENT))
			scene_error(s, "page %u is not present after it was populated", i);
}

static char *map_4k(struct scene *s)
{
	char *p = map_or_error(s, NULL, s->npages * PAGE_4K, PROT_READ | PROT_WRITE,
			       MAP_PRIVATE | MAP_ANONYMOUS, -1);

	/* EINVAL: no THP in this kernel, so none can come. */
	if (madvise(p, s->npages * PAGE_4K, MADV_NOHUGEPAGE) && errno != EINVAL)
		scene_error(s, "MADV_NOHUGEPAGE: %s", strerror(errno));
	return p;
}

static void map_anon(struct scene *s)
{
	s->area = map_4k(s);
	pages_in_a_row(s, PAGE_4K);
	populate(s);
	must_be_present(s);
}

/* --- THP ------------------------------------------------------------------------- */

/* Sub-pages at both ends, a neighbour, and one in the middle. */
static const unsigned int thp_sub[] = { 0, 1, 256, 511 };
/* One that no view looks at: what splits the PMD for thp_pte. */
#define THP_UNSEEN 100

static bool pmd_mapped(struct scene *s)
{
	return anon_huge_kib(s->area) * 1024L >= (long)HUGEPAGE;
}

static void map_thp(struct scene *s)
{
	char *p, *aligned;

	if (access("/sys/kernel/mm/transparent_hugepage/enabled", F_OK))
		scene_skip(s, "this kernel has no transparent huge pages");
	p = map_or_error(s, NULL, 2 * HUGEPAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
			 -1);
	aligned = (char *)(((uintptr_t)p + HUGEPAGE - 1) & ~(HUGEPAGE - 1));
	if (aligned > p)
		munmap(p, aligned - p);
	munmap(aligned + HUGEPAGE, p + HUGEPAGE - aligned);
	s->area = aligned;
	s->area_len = HUGEPAGE;
	for_each_page(s, i)
		s->page_offset[i] = thp_sub[i] * PAGE_4K;
	if (madvise(aligned, HUGEPAGE, MADV_HUGEPAGE))
		scene_error(s, "MADV_HUGEPAGE: %s", strerror(errno));
	populate(s);
	if (!pmd_mapped(s))
		scene_error(s, "no huge page at fault: memory is fragmented, or THP is off "
			       "(/sys/kernel/mm/transparent_hugepage/enabled)");
}

static void map_thp_pte(struct scene *s)
{
	char *unseen;

	map_thp(s);
	unseen = s->area + THP_UNSEEN * PAGE_4K;
	if (mprotect(unseen, PAGE_4K, PROT_NONE) ||
	    mprotect(unseen, PAGE_4K, PROT_READ | PROT_WRITE))
		scene_error(s, "mprotect: %s", strerror(errno));
	*(volatile char *)unseen = 1;
	if (pmd_mapped(s))
		scene_error(s, "mprotect of one page left the huge page mapped by a PMD");
	for_each_page(s, i)
		if (!(kpageflags(PM_PFN(pagemap(0, page_addr(s, i)))) & KPF_THP))
			scene_error(s, "page %u is no part of a huge page any more", i);
}

/* --- hugetlb --------------------------------------------------------------------- */

/* Two pages, each once more for a copy at fork() and once for a copy by the child. */
#define HUGEPAGES_NEEDED 6

static void map_hugetlb(struct scene *s)
{
	long nr_free = file_number("/proc/meminfo", "HugePages_Free");

	if (nr_free < 0)
		scene_skip(s, "this kernel has no hugetlbfs");
	if (nr_free < HUGEPAGES_NEEDED)
		scene_error(s, "needs %d free huge pages, %ld are: raise /proc/sys/vm/nr_hugepages",
			    HUGEPAGES_NEEDED, nr_free);
	s->area = map_or_error(s, NULL, s->npages * HUGEPAGE, PROT_READ | PROT_WRITE,
			       MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB, -1);
	pages_in_a_row(s, HUGEPAGE);
	populate(s);
	must_be_present(s);
}

/* --- shmem ----------------------------------------------------------------------- */

/* A memfd whose pages hold their first content, and a second mapping of it. */
static void make_memfd(struct scene *s)
{
	s->memfd = memfd_create("cowpen", MFD_CLOEXEC);
	if (s->memfd < 0 || ftruncate(s->memfd, s->npages * PAGE_4K))
		scene_error(s, "memfd: %s", strerror(errno));
	for_each_page(s, i)
		for (enum cell c = 0; c < NR_CELLS; c++) {
			uint64_t v = stamp(BY_FILE, 0, i, c);

			if (pwrite(s->memfd, &v, sizeof(v), i * PAGE_4K + CELL_OFFSET(c)) !=
			    sizeof(v))
				scene_error(s, "write to the memfd: %s", strerror(errno));
			model_write(&s->model, PARENT, i, c, v);
		}
	s->alias = map_or_error(s, NULL, s->npages * PAGE_4K, PROT_READ, MAP_SHARED, s->memfd);
}

static void read_populate(struct scene *s)
{
	for_each_page(s, i)
		(void)*(volatile uint64_t *)page_addr(s, i);
	touch(s, ALL_PAGES);
	must_be_present(s);
}

static void map_shmem(struct scene *s)
{
	make_memfd(s);
	s->alias_follows = true;
	s->area = map_or_error(s, NULL, s->npages * PAGE_4K, PROT_READ | PROT_WRITE, MAP_SHARED,
			       s->memfd);
	pages_in_a_row(s, PAGE_4K);
	populate(s);
	must_be_present(s);
}

/* Mapped from the page cache, read-only until the first write: the file must never change. */
static void map_shmem_private(struct scene *s)
{
	make_memfd(s);
	s->area = map_or_error(s, NULL, s->npages * PAGE_4K, PROT_READ | PROT_WRITE, MAP_PRIVATE,
			       s->memfd);
	pages_in_a_row(s, PAGE_4K);
	read_populate(s);
}

/* --- nothing, and next to nothing --------------------------------------------------- */

static void map_zero(struct scene *s)
{
	s->area = map_4k(s);
	pages_in_a_row(s, PAGE_4K);
	read_populate(s);
	/* Another mapping of the same zero page: it must stay what it is. */
	s->alias = map_4k(s);
	for_each_page(s, i) {
		(void)*(volatile uint64_t *)(s->alias + i * PAGE_4K);
		if (!(kpageflags(PM_PFN(pagemap(0, page_addr(s, i)))) & KPF_ZERO_PAGE))
			scene_error(s, "page %u is not the zero page after a read", i);
	}
}

static void map_unpopulated(struct scene *s)
{
	s->area = map_4k(s);
	pages_in_a_row(s, PAGE_4K);
	for_each_page(s, i)
		if (pagemap(0, page_addr(s, i)) & (PM_PRESENT | PM_SWAP))
			scene_error(s, "page %u is there already", i);
}

const struct memory_kind memory_anon = { .name = "anon", .npages = 4, .map = map_anon };
const struct memory_kind memory_thp = { .name = "thp", .npages = 4, .map = map_thp };
const struct memory_kind memory_thp_pte = { .name = "thp_pte", .npages = 4, .map = map_thp_pte };
const struct memory_kind memory_hugetlb = {
	.name = "hugetlb",
	.npages = 2,
	.huge = true,
	.map = map_hugetlb,
	.uffd_features = UFFD_FEATURE_WP_HUGETLBFS_SHMEM,
};
const struct memory_kind memory_shmem = {
	.name = "shmem",
	.npages = 4,
	.shared = true,
	.map = map_shmem,
	.uffd_features = UFFD_FEATURE_WP_HUGETLBFS_SHMEM,
};
const struct memory_kind memory_shmem_private = {
	.name = "shmem_private",
	.npages = 4,
	.map = map_shmem_private,
	.uffd_features = UFFD_FEATURE_WP_HUGETLBFS_SHMEM,
};
const struct memory_kind memory_zero = { .name = "zero", .npages = 4, .map = map_zero };
const struct memory_kind memory_unpopulated = { .name = "unpopulated",
						.npages = 4,
						.map = map_unpopulated };
