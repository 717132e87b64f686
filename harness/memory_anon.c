// SPDX-License-Identifier: GPL-2.0-only

#include "memory.h"

/* Private memory without a file: written, swapped out, the zero page, and nothing yet. */

static void map_anon(struct scene *s)
{
	s->area = map_4k(s);
	pages_in_a_row(s, PAGE_4K);
	populate(s);
	must_be_present(s);
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

const struct memory_kind memory_anon = {
	.name = "anon",
	.what = "private anonymous, 4 KiB pages, written",
	.npages = 4,
	.map = map_anon,
};
const struct memory_kind memory_swapped = {
	.name = "swapped",
	.what = "the same, swapped out",
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
