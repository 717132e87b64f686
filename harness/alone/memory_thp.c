// SPDX-License-Identifier: GPL-2.0-only

static char *area; /* of a huge page both ends, a neighbour, and the middle */

static const int places[] = { 0, 1, 256, 511 };

#define at(p) (area + places[p] * 4096UL)

#define bytes(n) ((n) == PAGES ? 2UL << 20 : (n)*4096UL)

/* Where a huge page may come. */
static void map_2m(void)
{
	area = mmap(NULL, 4UL << 20, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	munmap(area, 4UL << 20);
	area = mmap(area + -(uintptr_t)area % (2UL << 20), 2UL << 20, PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
	need(area != MAP_FAILED);
	if (madvise(area, 2UL << 20, MADV_HUGEPAGE))
		skip("THP");
}

static void map_thp(void)
{
	map_2m();
	for (int p = 0; p < PAGES; p++)
		WORD(p) = VALUE(PARENT, 0, p);
	if (!(number_at("/proc/kpageflags", frame_of(0)) >> 22 & 1))
		skip("THP at a fault");
}

/* Mapped by PTEs, whole. */
static void map_thp_pte(void)
{
	char *unseen;

	map_thp();
	unseen = area + 100 * 4096;
	need(!mprotect(unseen, 4096, PROT_NONE) && !mprotect(unseen, 4096, PROT_READ | PROT_WRITE));
	*unseen = 1;
}

/* Half of it was shared with a child that is gone. */
static void map_thp_shared(void)
{
	map_thp();
	madvise(area, 1UL << 20, MADV_DONTFORK);
	if (!fork())
		_exit(0);
	wait(NULL);
	madvise(area, 1UL << 20, MADV_DOFORK);
}

/* In swap, in one piece. */
static void map_thp_swapped(void)
{
	map_thp();
	for (int tries = 0; !(entry_of(0) >> 62 & 1); tries++)
		if (madvise(area, bytes(PAGES), MADV_PAGEOUT) || tries > 1000)
			skip("swap");
}

/* Zeros, as who writes one byte leaves it. */
static void map_thp_zeros(void)
{
	map_2m();
	*area = 0;
}

static char *others_zeros; /* the huge zero page, which others have, too */

#define behind(p) (others_zeros + (at(p) - area))

static void map_zero_huge(void)
{
	map_2m();
	others_zeros = area;
	map_2m();
}

/* Small pages, all there, where a huge one may come. */
static void map_small_2m(void)
{
	map_2m();
	madvise(area, 2UL << 20, MADV_NOHUGEPAGE);
	for (int i = 0; i < 512; i++)
		area[i * 4096L] = 1;
	for (int p = 0; p < PAGES; p++)
		WORD(p) = VALUE(PARENT, 0, p);
	madvise(area, 2UL << 20, MADV_HUGEPAGE);
}
