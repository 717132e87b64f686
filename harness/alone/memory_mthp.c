// SPDX-License-Identifier: GPL-2.0-only

static char *area; /* of a folio of 64 KiB both ends, a neighbour, and the middle */

static const int places[] = { 0, 1, 8, 15 };

#define at(p) (area + places[p] * 4096UL)

#define bytes(n) ((n) == PAGES ? 1UL << 16 : (n)*4096UL)

#define KIB64 "/sys/kernel/mm/transparent_hugepage/hugepages-64kB/enabled"

static void map_mthp(void)
{
	if (put(KIB64, "always"))
		skip("folios of 64 KiB");
	area = mmap(NULL, 1UL << 17, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	need(area != MAP_FAILED);
	area += -(uintptr_t)area % (1UL << 16);
	for (int p = 0; p < PAGES; p++)
		WORD(p) = VALUE(PARENT, 0, p);
	put(KIB64, "never");
	if (!(number_at("/proc/kpageflags", frame_of(0)) >> 22 & 1))
		skip("folio of 64 KiB at a fault");
}
