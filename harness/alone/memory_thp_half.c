// SPDX-License-Identifier: GPL-2.0-only

static char *area;

static const int places[] = { 0, 1, 128, 255 };

#define at(p) (area + places[p] * 4096UL)

#define bytes(n) ((n) == PAGES ? 1UL << 20 : (n)*4096UL)

/* Half a huge page; the other half was moved away. */
static void map_thp_remapped(void)
{
	area = mmap(NULL, 6UL << 20, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	need(area != MAP_FAILED);
	area += -(uintptr_t)area % (2UL << 20);
	if (mprotect(area, 2UL << 20, PROT_READ | PROT_WRITE) ||
	    madvise(area, 2UL << 20, MADV_HUGEPAGE))
		skip("THP");
	for (int p = 0; p < PAGES; p++)
		WORD(p) = VALUE(PARENT, 0, p);
	if (!(number_at("/proc/kpageflags", frame_of(0)) >> 22 & 1))
		skip("THP at a fault");
	need(mremap(area + (1UL << 20), 1UL << 20, 1UL << 20, MREMAP_MAYMOVE | MREMAP_FIXED,
		    area + (2UL << 20)) != MAP_FAILED);
}
