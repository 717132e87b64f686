// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "feature.h"
#include "memory.h"

#define THP_DIR "/sys/kernel/mm/transparent_hugepage"

/* Sub-pages at both ends, a neighbour, and one in the middle. */
const unsigned int sub_all[] = { 0, 1, 256, 511 };
static const unsigned int sub_half[] = { 0, 1, 128, 255 };
static const unsigned int sub_two[] = { 0, 511, 512, 1023 };
static const unsigned int sub_one[] = { 256 };
static const unsigned int sub_64k[] = { 0, 1, 8, 15 };
bool pmd_mapped(const void *addr)
{
	return anon_huge_kib(addr) * 1024L >= (long)HUGEPAGE;
}

static void must_be_large(struct scene *s)
{
	for_each_page(s, i)
		if (!(kpageflags(PM_PFN(pagemap(0, page_addr(s, i)))) & KPF_THP))
			scene_error(s, "page %u is no part of a huge page any more", i);
}

static void must_not_be_pmd(struct scene *s, const char *what)
{
	if (pmd_mapped(s->area))
		scene_error(s, "%s left the huge page mapped by a PMD", what);
	must_be_large(s);
}

/* The word in brackets is the choice; the file takes it back as it was. */
static void chosen(const char *path, char *word, size_t size)
{
	char text[128] = "", *from, *to;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd >= 0 && read(fd, text, sizeof(text) - 1) < 0)
		*text = 0;
	if (fd >= 0)
		close(fd);
	from = strchr(text, '[');
	to = from ? strchr(from, ']') : NULL;
	snprintf(word, size, "%.*s", to ? (int)(to - from - 1) : 0, to ? from + 1 : "");
}

void shmem_huge(struct scene *s, bool on)
{
	static const char path[] = THP_DIR "/shmem_enabled";
	static char before[32];
	int err;

	feature_needed(s, F_SHMEM_HUGE);
	if (on)
		chosen(path, before, sizeof(before));
	err = file_put(path, on ? "force" : before);
	if (err)
		scene_error(s, "%s: %s", path, strerror(-err));
}

long shmem_huge_kib(const void *addr)
{
	return smaps_kib(addr, "ShmemPmdMapped");
}

void thp_needed(struct scene *s)
{
	feature_needed(s, F_THP);
}

void area_for_thp(struct scene *s, size_t len, const unsigned int sub[])
{
	thp_needed(s);
	s->area = map_aligned(s, len);
	s->area_len = len;
	for_each_page(s, i)
		s->page_offset[i] = sub[i] * PAGE_4K;
	if (madvise(s->area, len, MADV_HUGEPAGE))
		scene_error(s, "MADV_HUGEPAGE: %s", strerror(errno));
}

static void make_thp(struct scene *s, const unsigned int sub[])
{
	area_for_thp(s, HUGEPAGE, sub);
	populate(s);
	/* As many zeros as make reclaim think it hardly used, see thp_underused(), and some. */
	rest_is(s, pattern(BY_PARENT, 0, MODEL_REST), 320, 480);
	if (!pmd_mapped(s->area))
		scene_error(s, "no huge page at fault: memory is fragmented, or THP is off "
			       "(" THP_DIR "/enabled)");
}

static void map_thp(struct scene *s)
{
	make_thp(s, sub_all);
}

/* Two in a row, looked at where they meet. */
static void map_thp_two(struct scene *s)
{
	area_for_thp(s, 2 * HUGEPAGE, sub_two);
	populate_all(s);
	if (anon_huge_kib(s->area) * 1024L < (long)(2 * HUGEPAGE))
		scene_error(s, "no two huge pages at fault: memory is fragmented");
}

static void map_thp_pte(struct scene *s)
{
	char *unseen;

	make_thp(s, sub_all);
	unseen = s->area + THP_UNSEEN * PAGE_4K;
	if (mprotect(unseen, PAGE_4K, PROT_NONE) ||
	    mprotect(unseen, PAGE_4K, PROT_READ | PROT_WRITE))
		scene_error(s, "mprotect: %s", strerror(errno));
	*(volatile char *)unseen = *(volatile char *)unseen;
	must_not_be_pmd(s, "mprotect of one page");
}

/* One page is all that is left mapped of a huge page, which stays whole. */
static void map_thp_one(struct scene *s)
{
	char *page;

	make_thp(s, sub_one);
	page = page_addr(s, 0);
	if (munmap(s->area, page - s->area) ||
	    munmap(page + PAGE_4K, s->area + HUGEPAGE - page - PAGE_4K))
		scene_error(s, "munmap: %s", strerror(errno));
	s->area = page;
	pages_in_a_row(s, PAGE_4K);
	s->touched[MODEL_REST] = s->rest[0] = false;
	must_not_be_pmd(s, "munmap of the rest");
}

/* Half of a huge page is mapped here, the other half somewhere else. */
static void map_thp_remapped(struct scene *s)
{
	char *half = map_aligned(s, HUGEPAGE);

	make_thp(s, sub_half);
	s->area_len = HUGEPAGE / 2;
	if (mremap(s->area + s->area_len, s->area_len, s->area_len, MREMAP_MAYMOVE | MREMAP_FIXED,
		   half) != half)
		scene_error(s, "mremap: %s", strerror(errno));
	must_not_be_pmd(s, "mremap of a half");
}

/* Half of it was shared with a child that is gone, the other half never was. */
static void map_thp_shared(struct scene *s)
{
	pid_t pid;

	make_thp(s, sub_all);
	if (madvise(s->area, HUGEPAGE / 2, MADV_DONTFORK))
		scene_error(s, "MADV_DONTFORK: %s", strerror(errno));
	pid = fork();
	if (!pid)
		_exit(0);
	if (pid < 0 || waitpid(pid, NULL, 0) != pid)
		scene_error(s, "fork: %s", strerror(errno));
	if (madvise(s->area, HUGEPAGE / 2, MADV_DOFORK))
		scene_error(s, "MADV_DOFORK: %s", strerror(errno));
	must_not_be_pmd(s, "MADV_DONTFORK of a half");
}

/*
 * A file's huge page, each of four of its pages mapped many times in a row: what
 * looks like a run of pages of one folio is none (CVE-2023-2598).
 */
#define RUN 8

static char *lay_out(struct scene *s, int prot)
{
	char *p = map_or_error(s, NULL, s->npages * RUN * PAGE_4K, PROT_NONE,
			       MAP_PRIVATE | MAP_ANONYMOUS, -1);

	for (unsigned int i = 0; i < s->npages * RUN; i++)
		if (mmap(p + i * PAGE_4K, PAGE_4K, prot, MAP_SHARED | MAP_FIXED, s->memfd,
			 sub_all[i / RUN] * PAGE_4K) == MAP_FAILED)
			scene_error(s, "mmap: %s", strerror(errno));
	return p;
}

static void map_repeated(struct scene *s)
{
	char zero = 0;

	shmem_huge(s, true);
	s->memfd = memfd_create("cowpen", MFD_CLOEXEC);
	if (s->memfd < 0 || ftruncate(s->memfd, HUGEPAGE) || pwrite(s->memfd, &zero, 1, 0) != 1)
		scene_error(s, "memfd: %s", strerror(errno));
	shmem_huge(s, false);
	s->area = lay_out(s, PROT_READ | PROT_WRITE);
	s->area_len = s->npages * RUN * PAGE_4K;
	for_each_page(s, i)
		s->page_offset[i] = (i * RUN + RUN / 2) * PAGE_4K;
	populate(s);
	must_be_large(s);
	s->alias = lay_out(s, PROT_READ);
	s->alias_follows = true;
}

/* A large folio that is no PMD: 64 KiB (19eaf44954df, v6.8). */
static void map_mthp(struct scene *s)
{
	static const char path[] = THP_DIR "/hugepages-64kB/enabled";
	char before[32];
	int err;

	feature_needed(s, F_MTHP);
	chosen(path, before, sizeof(before));
	err = file_put(path, "always");
	if (err)
		scene_error(s, "%s: %s", path, strerror(-err));
	s->area = map_aligned(s, 16 * PAGE_4K);
	s->area_len = 16 * PAGE_4K;
	for_each_page(s, i)
		s->page_offset[i] = sub_64k[i] * PAGE_4K;
	populate_all(s);
	err = file_put(path, before);
	if (err)
		scene_error(s, "%s: %s", path, strerror(-err));
	must_be_large(s);
	for_each_page(s, i)
		if (PM_PFN(pagemap(0, page_addr(s, i))) != PM_PFN(pagemap(0, s->area)) + sub_64k[i])
			scene_error(s, "page %u is not in one piece with the first", i);
}

/* The huge zero page: a PMD, until something is written. */
static void map_zero_huge(struct scene *s)
{
	area_for_thp(s, HUGEPAGE, sub_all);
	read_populate(s);
	rest_is(s, 0, 0, 0);
	s->alias_rest = true;
	/* Another mapping of it: it must stay what it is. */
	s->alias = map_aligned(s, HUGEPAGE);
	if (madvise(s->alias, HUGEPAGE, MADV_HUGEPAGE))
		scene_error(s, "MADV_HUGEPAGE: %s", strerror(errno));
	(void)*(volatile uint64_t *)s->alias;
	for_each_page(s, i) {
		uint64_t flags = kpageflags(PM_PFN(pagemap(0, page_addr(s, i))));

		if (!(flags & KPF_ZERO_PAGE) || !(flags & KPF_THP))
			scene_error(s,
				    "page %u is not the huge zero page after a read "
				    "(" THP_DIR "/use_zero_page)",
				    i);
	}
}

const struct memory_kind memory_thp = { .name = "thp",
					.what = "a THP mapped by a PMD; the pages are both ends, a "
						"neighbour and the middle",
					.npages = 4,
					.map = map_thp };
const struct memory_kind memory_thp_two = { .name = "thp_two",
					    .what = "two THPs in a row; the pages are both ends "
						    "and where they meet",
					    .npages = 4,
					    .map = map_thp_two };
const struct memory_kind memory_thp_pte = {
	.name = "thp_pte",
	.what = "a THP that is mapped by PTEs, whole",
	.npages = 4,
	.map = map_thp_pte,
};
const struct memory_kind memory_thp_one = {
	.name = "thp_one",
	.what = "one page of a THP, the rest of it unmapped",
	.npages = 1,
	.map = map_thp_one,
};
const struct memory_kind memory_thp_remapped = { .name = "thp_remapped",
						 .what = "half a THP, mapped by PTEs; the other "
							 "half was moved away by mremap()",
						 .npages = 4,
						 .map = map_thp_remapped };
const struct memory_kind memory_thp_shared = {
	.name = "thp_shared",
	.what = "a THP mapped by PTEs, half of it once shared with a child that is gone",
	.npages = 4,
	.map = map_thp_shared,
};
const struct memory_kind memory_repeated = {
	.name = "repeated",
	.what = "a huge page of a shared memfd, each of four of its pages mapped many times in a "
		"row",
	.npages = 4,
	.shared = true,
	.map = map_repeated,
};
const struct memory_kind memory_mthp = {
	.name = "mthp",
	.what = "a large folio of 64 KiB, mapped by PTEs (v6.8)",
	.npages = 4,
	.map = map_mthp,
};
const struct memory_kind memory_zero_huge = {
	.name = "zero_huge",
	.what = "the huge zero page, mapped by a PMD, by a read",
	.npages = 4,
	.map = map_zero_huge,
};
