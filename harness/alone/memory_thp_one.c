// SPDX-License-Identifier: GPL-2.0-only

static char *area;

#define at(p) (area + (p)*4096UL)

#define bytes(n) ((n)*4096UL)

/* One page of a huge page, the rest of it unmapped. */
static void map_thp_one(void)
{
	char *all =
		mmap(NULL, 4UL << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	need(all != MAP_FAILED);
	area = all + -(uintptr_t)all % (2UL << 20) + (1UL << 20);
	if (madvise(all, 4UL << 20, MADV_HUGEPAGE))
		skip("THP");
	WORD(0) = VALUE(PARENT, 0, 0);
	if (!(number_at("/proc/kpageflags", frame_of(0)) >> 22 & 1))
		skip("THP at a fault");
	munmap(all, area - all);
	munmap(area + 4096, all + (4UL << 20) - area - 4096);
}
