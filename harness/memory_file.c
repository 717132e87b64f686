// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "feature.h"
#include "memory.h"

/* --- hugetlb --------------------------------------------------------------------- */

/* Two pages, each once more for a copy at fork() and once for a copy by the child. */
#define HUGEPAGES_NEEDED 6

/*
 * Of which zones the free ones are is up to who was here before: what a pin has moved out of
 * ZONE_MOVABLE stays out. New ones are of it, as the first were.
 */
static void pool_anew(struct scene *s)
{
	long n = file_number("/proc/meminfo", "HugePages_Total");
	char text[24];

	snprintf(text, sizeof(text), "%ld", n);
	if (file_put("/proc/sys/vm/nr_hugepages", "0") ||
	    file_put("/proc/sys/vm/nr_hugepages", text) ||
	    file_number("/proc/meminfo", "HugePages_Total") != n)
		scene_error(s, "the pool of %ld huge pages cannot be made anew", n);
}

void huge_pages_needed(struct scene *s)
{
	long nr_free;

	feature_needed(s, F_HUGETLB);
	feature_needed(s, F_HUGE_POOL);
	if (has_movable_zone())
		pool_anew(s);
	nr_free = file_number("/proc/meminfo", "HugePages_Free");
	if (nr_free < HUGEPAGES_NEEDED)
		scene_error(s, "needs %d free huge pages, %ld are: raise /proc/sys/vm/nr_hugepages",
			    HUGEPAGES_NEEDED, nr_free);
}

static void must_be_huge(struct scene *s)
{
	must_be_present(s);
	for_each_page(s, i)
		if (!(kpageflags(PM_PFN(pagemap(0, page_addr(s, i)))) & KPF_HUGE))
			scene_error(s, "page %u is none of hugetlbfs", i);
}

static void map_hugetlb(struct scene *s)
{
	huge_pages_needed(s);
	s->area = map_or_error(s, NULL, s->npages * HUGEPAGE, PROT_READ | PROT_WRITE,
			       MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB, -1);
	pages_in_a_row(s, HUGEPAGE);
	populate(s);
	must_be_huge(s);
}

static void map_hugetlb_shared(struct scene *s)
{
	huge_pages_needed(s);
	s->memfd = memfd_create("cowpen", MFD_CLOEXEC | MFD_ALLOW_SEALING | MFD_HUGETLB);
	if (s->memfd < 0 || ftruncate(s->memfd, s->npages * HUGEPAGE))
		scene_error(s, "memfd of huge pages: %s", strerror(errno));
	s->area = map_or_error(s, NULL, s->npages * HUGEPAGE, PROT_READ | PROT_WRITE, MAP_SHARED,
			       s->memfd);
	pages_in_a_row(s, HUGEPAGE);
	populate(s);
	must_be_huge(s);
	s->alias = map_or_error(s, NULL, s->npages * HUGEPAGE, PROT_READ, MAP_SHARED, s->memfd);
	s->alias_follows = true;
}

/* So much is mapped by a page table that processes share (39dde65c9940), if a mapping has all of it. */
/* From the file's huge pages, which are written by the mapping that watches them: there is no write(). */
static void map_hugetlb_private(struct scene *s)
{
	const size_t len = s->npages * HUGEPAGE;

	huge_pages_needed(s);
	s->memfd = memfd_create("cowpen", MFD_CLOEXEC | MFD_ALLOW_SEALING | MFD_HUGETLB);
	if (s->memfd < 0 || ftruncate(s->memfd, len))
		scene_error(s, "memfd of huge pages: %s", strerror(errno));
	pages_in_a_row(s, HUGEPAGE);
	s->alias = map_or_error(s, NULL, len, PROT_READ | PROT_WRITE, MAP_SHARED, s->memfd);
	for_each_page(s, i) {
		struct content c = content_by(BY_FILE, 0, i);

		content_bytes(&c, HUGEPAGE, 0, s->alias + s->page_offset[i], HUGEPAGE);
		model_replace(&s->model, PARENT, i, &c);
	}
	if (mprotect(s->alias, len, PROT_READ))
		scene_error(s, "mprotect: %s", strerror(errno));
	s->area = map_or_error(s, NULL, len, PROT_READ | PROT_WRITE, MAP_PRIVATE, s->memfd);
	read_populate(s);
	must_be_huge(s);
}

#define TABLE (1UL << 30)

/*
 * The area is where such a mapping begins. A huge page behind it is touched here and nowhere else:
 * who has it has this page table, see tables_shared().
 */
static void map_hugetlb_tables(struct scene *s)
{
	char *at;

	huge_pages_needed(s);
	at = map_or_error(s, NULL, 2 * TABLE, PROT_NONE,
			  MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1);
	at += -(uintptr_t)at & (TABLE - 1);
	s->memfd = memfd_create("cowpen", MFD_CLOEXEC | MFD_ALLOW_SEALING | MFD_HUGETLB);
	if (s->memfd < 0 || ftruncate(s->memfd, (s->npages + 1) * HUGEPAGE))
		scene_error(s, "memfd of huge pages: %s", strerror(errno));
	s->area = map_or_error(s, at, TABLE, PROT_READ | PROT_WRITE,
			       MAP_SHARED | MAP_FIXED | MAP_NORESERVE, s->memfd);
	pages_in_a_row(s, HUGEPAGE);
	populate(s);
	must_be_huge(s);
	*(volatile char *)(s->area + s->area_len) = 1;
	s->alias = map_or_error(s, NULL, s->npages * HUGEPAGE, PROT_READ, MAP_SHARED, s->memfd);
	s->alias_follows = true;
}

/* --- files ------------------------------------------------------------------------ */

void fill_file(struct scene *s)
{
	if (s->memfd < 0 || ftruncate(s->memfd, s->area_len))
		scene_error(s, "a file for the scene: %s", strerror(errno));
	for_each_page(s, i) {
		struct content c = content_by(BY_FILE, 0, i);
		uint64_t page[PAGE_4K / 8];

		content_bytes(&c, PAGE_4K, 0, page, sizeof(page));
		if (pwrite(s->memfd, page, sizeof(page), s->page_offset[i]) != sizeof(page))
			scene_error(s, "write to the file: %s", strerror(errno));
		model_replace(&s->model, PARENT, i, &c);
	}
}

/* Small pages, and a second mapping that shows them. */
static void fill_small(struct scene *s)
{
	pages_in_a_row(s, PAGE_4K);
	fill_file(s);
	s->alias = map_or_error(s, NULL, s->area_len, PROT_READ, MAP_SHARED, s->memfd);
}

/* Shared: one value for all who map it. */
static void map_file_shared(struct scene *s)
{
	s->alias_follows = true;
	s->area = map_or_error(s, NULL, s->npages * PAGE_4K, PROT_READ | PROT_WRITE, MAP_SHARED,
			       s->memfd);
	populate(s);
	must_be_present(s);
}

/* Private, from the page cache, read-only until the first write: the file must never change. */
static void map_file_private(struct scene *s)
{
	s->area = map_or_error(s, NULL, s->npages * PAGE_4K, PROT_READ | PROT_WRITE, MAP_PRIVATE,
			       s->memfd);
	read_populate(s);
}

static void make_memfd(struct scene *s)
{
	s->memfd = memfd_create("cowpen", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	fill_small(s);
}

/* Without a name, in a folder of a file system. */
static int file_in(const char *folder)
{
	int fd = open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	char name[64];

	if (fd >= 0 || errno != EOPNOTSUPP)
		return fd;
	snprintf(name, sizeof(name), "%s/cowpen-XXXXXX", folder);
	fd = mkostemp(name, O_CLOEXEC);
	unlink(name);
	return fd;
}

static void make_in(struct scene *s, const char *folder)
{
	s->memfd = file_in(folder);
	fill_small(s);
}

/* On a file system that writes its pages back. */
static void make_ext(struct scene *s)
{
	feature_needed(s, F_FILES);
	make_in(s, FILES);
}

/* On one that has no pages of its own: what is mapped is the disk. */
static void make_dax(struct scene *s)
{
	feature_needed(s, F_DAX);
	make_in(s, DAX_FILES);
}

static void map_shmem(struct scene *s)
{
	make_memfd(s);
	map_file_shared(s);
}

static void map_shmem_private(struct scene *s)
{
	make_memfd(s);
	map_file_private(s);
}

static void map_dax_shared(struct scene *s)
{
	make_dax(s);
	map_file_shared(s);
}

static void map_dax_private(struct scene *s)
{
	make_dax(s);
	map_file_private(s);
}

/* By a read of all its pages; no counter tells of PMDs of such memory. */
static bool mapped_by_one_fault(const char *at, size_t len)
{
	struct rusage before, after;

	(void)*(const volatile char *)at;
	getrusage(RUSAGE_THREAD, &before);
	for (size_t i = 0; i < len; i += PAGE_4K)
		(void)*(const volatile char *)(at + i);
	getrusage(RUSAGE_THREAD, &after);
	return after.ru_minflt == before.ru_minflt;
}

/* Of it a huge page, mapped as one: the disk has 2 MiB in a row for it, and so has the file. */
static void map_dax_huge(struct scene *s)
{
	feature_needed(s, F_DAX);
	area_for_thp(s, HUGEPAGE, sub_all);
	s->memfd = file_in(DAX_FILES);
	/* What is allocated and not written is no piece with what is. */
	if (fallocate(s->memfd, 0, 0, HUGEPAGE) ||
	    pwrite(s->memfd, s->area, HUGEPAGE, 0) != (ssize_t)HUGEPAGE)
		scene_error(s, "a file of 2 MiB: %s", strerror(errno));
	fill_file(s);
	s->alias = map_or_error(s, NULL, HUGEPAGE, PROT_READ, MAP_SHARED, s->memfd);
	s->alias_follows = s->alias_rest = true;
	map_or_error(s, s->area, HUGEPAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED,
		     s->memfd);
	if (madvise(s->area, HUGEPAGE, MADV_HUGEPAGE))
		scene_error(s, "MADV_HUGEPAGE: %s", strerror(errno));
	if (!mapped_by_one_fault(s->area, HUGEPAGE))
		scene_error(s, "no PMD maps it: the file is not in one piece, or the disk is not");
	populate_all(s);
}

/* Small pages of it cannot be mapped: where its PMD is gone, and a page table came, nothing can. */
static void map_devdax(struct scene *s)
{
	char *second = map_aligned(s, HUGEPAGE);
	int fd;

	feature_needed(s, F_DEVDAX);
	area_for_thp(s, HUGEPAGE, sub_all);
	fd = open(DEVDAX, O_RDWR | O_CLOEXEC);
	if (fd < 0)
		scene_error(s, DEVDAX ": %s", strerror(errno));
	map_or_error(s, s->area, HUGEPAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, fd);
	s->alias = map_or_error(s, second, HUGEPAGE, PROT_READ, MAP_SHARED | MAP_FIXED, fd);
	s->alias_follows = s->alias_rest = true;
	close(fd);
	if (!mapped_by_one_fault(s->area, HUGEPAGE))
		scene_error(s, "no PMD maps it");
	populate_all(s);
}

static void map_ext_shared(struct scene *s)
{
	make_ext(s);
	map_file_shared(s);
}

static void map_ext_private(struct scene *s)
{
	make_ext(s);
	map_file_private(s);
}

/* Half of it is anonymous, half a private mapping of a file: two kinds in one pin. */
static void map_mixed(struct scene *s)
{
	unsigned int half = s->npages / 2;

	s->area = map_4k(s);
	pages_in_a_row(s, PAGE_4K);
	make_memfd(s);
	s->alias = NULL;
	map_or_error(s, page_addr(s, half), half * PAGE_4K, PROT_READ | PROT_WRITE,
		     MAP_PRIVATE | MAP_FIXED, s->memfd);
	populate(s);
	must_be_present(s);
}

/* In no page table but ours, not even in the kernel's own. */
static void map_secretmem(struct scene *s)
{
	feature_needed(s, F_SECRETMEM);
	s->memfd = syscall(SYS_memfd_secret, O_CLOEXEC);
	if (s->memfd < 0 || ftruncate(s->memfd, s->npages * PAGE_4K))
		scene_error(s, "memfd_secret: %s", strerror(errno));
	pages_in_a_row(s, PAGE_4K);
	map_file_shared(s);
	s->alias = map_or_error(s, NULL, s->npages * PAGE_4K, PROT_READ, MAP_SHARED, s->memfd);
}

const struct memory_kind memory_hugetlb = {
	.name = "hugetlb",
	.what = "private anonymous hugetlb pages of 2 MiB",
	.npages = 2,
	.huge = true,
	.map = map_hugetlb,
	.uffd_features = UFFD_FEATURE_WP_HUGETLBFS_SHMEM,
};
const struct memory_kind memory_hugetlb_shared = {
	.name = "hugetlb_shared",
	.what = "shared hugetlb file, watched by a second mapping",
	.npages = 2,
	.shared = true,
	.huge = true,
	.map = map_hugetlb_shared,
	.uffd_features = UFFD_FEATURE_WP_HUGETLBFS_SHMEM,
};
const struct memory_kind memory_hugetlb_private = {
	.name = "hugetlb_private",
	.what = "private mapping of a hugetlb file, read and not yet written: the file must not change",
	.npages = 2,
	.huge = true,
	.map = map_hugetlb_private,
	.uffd_features = UFFD_FEATURE_WP_HUGETLBFS_SHMEM,
};
const struct memory_kind memory_hugetlb_tables = {
	.name = "hugetlb_tables",
	.what = "shared hugetlb file in a mapping of 1 GiB: who maps it shares its page tables",
	.npages = 2,
	.shared = true,
	.huge = true,
	.shares_tables = true,
	.map = map_hugetlb_tables,
	.uffd_features = UFFD_FEATURE_WP_HUGETLBFS_SHMEM,
};
const struct memory_kind memory_shmem = {
	.name = "shmem",
	.what = "shared memfd, watched by a second mapping",
	.npages = 4,
	.shared = true,
	.map = map_shmem,
	.uffd_features = UFFD_FEATURE_WP_HUGETLBFS_SHMEM,
};
const struct memory_kind memory_shmem_private = {
	.name = "shmem_private",
	.what = "private mapping of a memfd, read and not yet written: the file must not change",
	.npages = 4,
	.map = map_shmem_private,
	.uffd_features = UFFD_FEATURE_WP_HUGETLBFS_SHMEM,
};
/* userfaultfd takes a mapping of such a file only to track it (WP_ASYNC). */
const struct memory_kind memory_file_private = {
	.name = "file_private",
	.what = "private mapping of a file on a disk, read and not yet written",
	.npages = 4,
	.on_disk = true,
	.map = map_ext_private,
};
const struct memory_kind memory_file_shared = {
	.name = "file_shared",
	.what = "shared mapping of a file on a disk, watched by a second mapping",
	.npages = 4,
	.shared = true,
	.on_disk = true,
	.map = map_ext_shared,
};
const struct memory_kind memory_dax_shared = {
	.name = "dax_shared",
	.what = "shared mapping of a file on memory that is a disk, without a page cache (fs-dax)",
	.guest = "devices=on",
	.npages = 4,
	.shared = true,
	.on_disk = true,
	.dax = true,
	.map = map_dax_shared,
};
const struct memory_kind memory_dax_huge = {
	.name = "dax_huge",
	.what = "shared mapping of such a file, 2 MiB in one piece, by a PMD (fs-dax)",
	.guest = "devices=on",
	.npages = 4,
	.shared = true,
	.on_disk = true,
	.dax = true,
	.map = map_dax_huge,
};
const struct memory_kind memory_devdax = {
	.name = "devdax",
	.what = "shared mapping of memory that is a device, by a PMD only (device-dax)",
	.guest = "devices=on",
	.npages = 4,
	.shared = true,
	.on_disk = true,
	.device = true,
	.map = map_devdax,
};
const struct memory_kind memory_dax_private = {
	.name = "dax_private",
	.what = "private mapping of such a file, read and not yet written: the file must not change",
	.guest = "devices=on",
	.npages = 4,
	.on_disk = true,
	.dax = true,
	.map = map_dax_private,
};
const struct memory_kind memory_mixed = {
	.name = "mixed",
	.what = "half private anonymous, half private mapping of a memfd, in one range",
	.npages = 4,
	.map = map_mixed,
};
const struct memory_kind memory_secretmem = {
	.name = "secretmem",
	.what = "memfd_secret(): not in the kernel's own page tables, cannot be pinned",
	.npages = 4,
	.shared = true,
	.map = map_secretmem,
};
