// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <string.h>
#include <sys/mman.h>

#include "memory.h"

/*
 * Where mmap() puts what may be anywhere is by the seed, now and then on both sides of a multiple
 * of 2 MiB, and from a saved state next to the same one each time. A walk calls its function by page tables
 * then: a thread that is to stand behind the first call stands between the pages. What is to have
 * its pages in two tables says so: see map_edge().
 */
static void *within_a_table(void *at, size_t len, int prot, int flags, int fd)
{
	uintptr_t p = (uintptr_t)at, edge = (p + len) & ~(HUGEPAGE - 1);

	if (len > HUGEPAGE || edge <= p || edge == p + len)
		return at;
	munmap(at, len);
	return mmap((void *)((edge - len) & ~(PAGE_4K - 1)), len, prot, flags | MAP_FIXED_NOREPLACE,
		    fd, 0);
}

void *map_or_error(struct scene *s, void *at, size_t len, int prot, int flags, int fd)
{
	void *p = mmap(at, len, prot, flags, fd, 0);

	if (!at && p != MAP_FAILED)
		p = within_a_table(p, len, prot, flags, fd);
	if (p == MAP_FAILED)
		scene_error(s, "mmap: %s", strerror(errno));
	return p;
}

void pages_in_a_row(struct scene *s, size_t stride)
{
	s->page_len = stride;
	s->area_len = s->npages * stride;
	for_each_page(s, i)
		s->page_offset[i] = i * stride;
}

void populate(struct scene *s)
{
	for_each_page(s, i) {
		struct content c = content_by(BY_PARENT, 0, i);

		content_bytes(&c, s->page_len, 0, page_addr(s, i), s->page_len);
		model_replace(&s->model, PARENT, i, &c);
	}
	touch(s, ALL_PAGES);
}

void rest_is(struct scene *s, uint64_t pattern, size_t from, size_t to)
{
	struct content c = { .v[PATTERN] = pattern }; /* without zones */

	if (s->area_len > MAX_REST * PAGE_4K)
		scene_error(s, "an area of %zu bytes is too large", s->area_len);
	for (size_t at = 0; at < s->area_len; at += PAGE_4K) {
		bool rest = true;

		for_each_page(s, i)
			rest &= s->page_offset[i] != at;
		rest &= at < from * PAGE_4K || at >= to * PAGE_4K;
		s->rest[at / PAGE_4K] = rest;
		if (rest && pattern)
			content_bytes(&c, 0, at, s->area + at, PAGE_4K);
	}
	model_replace(&s->model, PARENT, MODEL_REST, &c);
	s->touched[MODEL_REST] = true;
}

void populate_all(struct scene *s)
{
	populate(s);
	rest_is(s, pattern(BY_PARENT, 0, MODEL_REST), 0, 0);
}

void read_populate(struct scene *s)
{
	for_each_page(s, i)
		(void)*(volatile uint64_t *)page_addr(s, i);
	touch(s, ALL_PAGES);
	must_be_present(s);
}

void must_be_present(struct scene *s)
{
	for_each_page(s, i)
		if (!(pagemap(0, page_addr(s, i)) & PM_PRESENT))
			scene_error(s, "page %u is not present after it was populated", i);
}

/*
 * With a page on either side that nobody can touch. What is mapped next to other
 * memory is one mapping with it, be it for a moment, and keeps the other's
 * anon_vma when they are split: with such a one no other can be merged.
 */
static char *map_apart(struct scene *s, size_t len, size_t align)
{
	char *p = map_or_error(s, NULL, len + 2 * align, PROT_NONE,
			       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1);
	uintptr_t at = ((uintptr_t)p + PAGE_4K + align - 1) & ~(align - 1);

	return map_or_error(s, (void *)at, len, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1);
}

char *map_small(struct scene *s, size_t len)
{
	char *p = map_apart(s, len, PAGE_4K);

	/* EINVAL: no THP in this kernel, so none can come. */
	if (madvise(p, len, MADV_NOHUGEPAGE) && errno != EINVAL)
		scene_error(s, "MADV_NOHUGEPAGE: %s", strerror(errno));
	return p;
}

char *map_4k(struct scene *s)
{
	return map_small(s, s->npages * PAGE_4K);
}

char *map_aligned(struct scene *s, size_t size)
{
	return map_apart(s, size, size);
}

char *canary(struct scene *s)
{
	char *p = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED)
		scene_error(s, "mmap: %s", strerror(errno));
	*(volatile char *)p = 1;
	return p;
}
