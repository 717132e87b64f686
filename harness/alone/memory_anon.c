// SPDX-License-Identifier: GPL-2.0-only

static char *area;

#define at(p) (area + (p)*4096UL)

#define bytes(n) ((n)*4096UL)

static void map_anon(void)
{
	area = mmap(NULL, bytes(PAGES), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	need(area != MAP_FAILED);
	madvise(area, bytes(PAGES), MADV_NOHUGEPAGE);
	for (int p = 0; p < PAGES; p++)
		WORD(p) = VALUE(PARENT, 0, p);
}

static void map_edge(unsigned long edge)
{
	int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED;

	area = mmap((char *)edge - bytes(PAGES - 1), bytes(PAGES), PROT_READ | PROT_WRITE, flags,
		    -1, 0);
	need(area != MAP_FAILED);
	madvise(area, bytes(PAGES), MADV_NOHUGEPAGE);
	for (int p = 0; p < PAGES; p++)
		WORD(p) = VALUE(PARENT, 0, p);
}

static void map_anon_edge_2m(void)
{
	map_edge((64UL << 39) + (2UL << 20));
}

static void map_anon_edge_1g(void)
{
	map_edge((64UL << 39) + (1UL << 30));
}

static void map_anon_edge_512g(void)
{
	map_edge(64UL << 39);
}

static void map_swapped(void)
{
	map_anon();
	for (int p = 0, tries = 0; p < PAGES; p++)
		while (!(entry_of(p) >> 62 & 1))
			if (madvise(area, bytes(PAGES), MADV_PAGEOUT) || tries++ > 1000)
				skip("swap");
}

static void map_unpopulated(void)
{
	area = mmap(NULL, bytes(PAGES), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	need(area != MAP_FAILED);
	madvise(area, bytes(PAGES), MADV_NOHUGEPAGE);
}

static void map_droppable(void)
{
	/* MAP_DROPPABLE */
	area = mmap(NULL, bytes(PAGES), PROT_READ | PROT_WRITE, 0x08 | MAP_ANONYMOUS, -1, 0);
	if (area == MAP_FAILED)
		skip("MAP_DROPPABLE");
	madvise(area, bytes(PAGES), MADV_NOHUGEPAGE);
	for (int p = 0; p < PAGES; p++)
		WORD(p) = VALUE(PARENT, 0, p);
}
