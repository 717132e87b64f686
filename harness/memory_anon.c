// SPDX-License-Identifier: GPL-2.0-only

#include <errno.h>
#include <string.h>
#include <sys/mman.h>

#include "feature.h"
#include "memory.h"

#define FAR (64UL << 39) /* a multiple of 512 GiB, far from what mmap() gives */

/* Private memory without a file: written, swapped out, the zero page, and nothing yet. */

static void map_anon(struct scene *s)
{
	s->area = map_4k(s);
	pages_in_a_row(s, PAGE_4K);
	populate(s);
	must_be_present(s);
}

/*
 * The last page is alone behind the end of a page table: of the last level, or of that one and of
 * those above it. A walk that stops a page short leaves out that one, and nowhere else is it seen.
 */
static void map_edge(struct scene *s, uintptr_t edge)
{
	char *p = (char *)edge - (s->npages - 1) * PAGE_4K;
	int flags = MAP_PRIVATE | MAP_ANONYMOUS;

	/* Alone: what shares its page tables keeps them from being freed. */
	s->area = map_or_error(s, p, s->npages * PAGE_4K, PROT_READ | PROT_WRITE,
			       flags | MAP_FIXED_NOREPLACE, -1);
	if (madvise(s->area, s->npages * PAGE_4K, MADV_NOHUGEPAGE) && errno != EINVAL)
		scene_error(s, "MADV_NOHUGEPAGE: %s", strerror(errno));
	pages_in_a_row(s, PAGE_4K);
	populate(s);
	must_be_present(s);
}

static void map_anon_edge_2m(struct scene *s)
{
	map_edge(s, FAR + (2UL << 20));
}

static void map_anon_edge_1g(struct scene *s)
{
	map_edge(s, FAR + (1UL << 30));
}

static void map_anon_edge_512g(struct scene *s)
{
	map_edge(s, FAR);
}

/* In swap, each page in a place of its own: what touches it first brings it back. */
static void map_swapped(struct scene *s)
{
	map_anon(s);
	reclaim(s, true);
}

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

/* It is as if MADV_WIPEONFORK had been said of it. */
static void map_droppable(struct scene *s)
{
	feature_needed(s, F_DROPPABLE);
	s->area = map_4k(s);
	/* In its place, with nothing on either side. */
	map_or_error(s, s->area, s->npages * PAGE_4K, PROT_READ | PROT_WRITE,
		     MAP_DROPPABLE | MAP_ANONYMOUS | MAP_FIXED, -1);
	if (madvise(s->area, s->npages * PAGE_4K, MADV_NOHUGEPAGE) && errno != EINVAL)
		scene_error(s, "MADV_NOHUGEPAGE: %s", strerror(errno));
	s->at_fork = WIPED;
	pages_in_a_row(s, PAGE_4K);
	populate(s);
	must_be_present(s);
}

const struct memory_kind memory_anon = {
	.name = "anon",
	.what = "private anonymous, 4 KiB pages, written",
	.npages = 4,
	.map = map_anon,
};
const struct memory_kind memory_anon_edge_2m = {
	.name = "anon_edge_2m",
	.what = "private anonymous, its last page alone behind a multiple of 2 MiB",
	.npages = 4,
	.map = map_anon_edge_2m,
};
const struct memory_kind memory_anon_edge_1g = {
	.name = "anon_edge_1g",
	.what = "private anonymous, its last page alone behind a multiple of 1 GiB",
	.npages = 4,
	.map = map_anon_edge_1g,
};
const struct memory_kind memory_anon_edge_512g = {
	.name = "anon_edge_512g",
	.what = "private anonymous, its last page alone behind a multiple of 512 GiB",
	.npages = 4,
	.map = map_anon_edge_512g,
};
const struct memory_kind memory_swapped = {
	.name = "swapped",
	.what = "private anonymous, 4 KiB pages, swapped out",
	.npages = 4,
	.map = map_swapped,
};
const struct memory_kind memory_zero = {
	.name = "zero",
	.what = "the zero page, mapped by a read",
	.npages = 4,
	.map = map_zero,
};
const struct memory_kind memory_unpopulated = {
	.name = "unpopulated",
	.what = "nothing yet: private anonymous memory that nobody touched",
	.npages = 4,
	.map = map_unpopulated,
};
const struct memory_kind memory_droppable = {
	.name = "droppable",
	.what = "private anonymous, MAP_DROPPABLE: under pressure it becomes zeros",
	.npages = 4,
	.droppable = true,
	.map = map_droppable,
};
