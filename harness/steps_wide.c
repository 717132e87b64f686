// SPDX-License-Identifier: GPL-2.0-only
/*
 * mremap() of memory of hugetlbfs that is wide and has hardly a page in it: beside the scene, as
 * nobody has so many huge pages.
 */
#include <errno.h>
#include <string.h>
#include <sys/mman.h>

#include "feature.h"
#include "internal.h"
#include "memory.h"
#include "tell.h"

#define GIB (1UL << 30)

/* @len bytes of addresses where nothing is, from a multiple of 1 GiB on. */
static char *room(struct scene *s, size_t len)
{
	char *p = mmap(NULL, len + GIB, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1,
		       0);

	if (p == MAP_FAILED)
		scene_error(s, "mmap: %s", strerror(errno));
	return (char *)(((uintptr_t)p + GIB - 1) & ~(GIB - 1));
}

static bool holds(const char *at, uint64_t value)
{
	return pagemap(0, at) & PM_PRESENT && *(volatile uint64_t *)at == value;
}

void remap_wide(struct scene *s, unsigned int gib, unsigned int askew)
{
	/* Behind a page table, or more, that is not there; and the very last page. */
	size_t len = gib * GIB, there[2] = { (gib / 2) * GIB + HUGEPAGE, len - HUGEPAGE };
	unsigned int lost = 0;
	uint64_t value[2];
	char *old, *new;
	int err;

	step_begin(s, "C0", "remap_wide %u GiB%s", gib, askew ? " askew" : "");
	tell_not("moves memory that is beside the scene");
	feature_needed(s, F_HUGE_POOL);
	feature_needed(s, F_MREMAP_HUGETLB);
	if (file_number("/proc/meminfo", "HugePages_Free") < 2)
		scene_error(s, "no huge pages are free (/proc/sys/vm/nr_hugepages)");
	old = mmap(room(s, len), len, PROT_READ | PROT_WRITE,
		   MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB | MAP_NORESERVE | MAP_FIXED, -1, 0);
	if (old == MAP_FAILED)
		scene_error(s, "mmap of %u GiB of hugetlbfs: %s", gib, strerror(errno));
	new = room(s, len + GIB) + askew *HUGEPAGE;
	for (unsigned int i = 0; i < 2; i++) {
		value[i] = stamp(BY_PARENT, s->step, i, CELL_CPU);
		*(volatile uint64_t *)(old + there[i]) = value[i];
	}
	err = mremap(old, len, len, MREMAP_MAYMOVE | MREMAP_FIXED, new) == new ? 0 : errno;
	for (unsigned int i = 0; i < 2; i++)
		lost += !holds((err ? old : new) + there[i], value[i]);
	if (err || lost)
		scene_fail(s, CHECK("wide-moved"), "C0", "all of it is where it was moved to",
			   "mremap() says %s, and %u of 2 pages are lost",
			   err ? strerrorname_np(err) : "success", lost);
	munmap(err ? old : new, len);
	step_end(s);
}
