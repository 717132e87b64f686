// SPDX-License-Identifier: GPL-2.0-only

static char *area;

#define at(p) (area + (p)*bytes(1))

#define bytes(n) ((n) * (2UL << 20))

/* There must be as many again for copies. */
static void need_pool(void)
{
	const int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB;
	char *all = mmap(NULL, bytes(3 * PAGES), PROT_NONE, flags, -1, 0);

	if (all == MAP_FAILED && !put("/proc/sys/vm/nr_hugepages", "8"))
		all = mmap(NULL, bytes(3 * PAGES), PROT_NONE, flags, -1, 0);
	if (all == MAP_FAILED)
		skip("huge pages");
	munmap(all, bytes(3 * PAGES));
}

static void map_hugetlb(void)
{
	need_pool();
	area = mmap(NULL, bytes(PAGES), PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB, -1, 0);
	need(area != MAP_FAILED);
	for (int p = 0; p < PAGES; p++)
		WORD(p) = VALUE(PARENT, 0, p);
}

static int memfd;

static void map_hugetlb_file(int flags)
{
	need_pool();
	memfd = memfd_create(NAME, MFD_ALLOW_SEALING | MFD_HUGETLB);
	need(memfd >= 0 && !ftruncate(memfd, bytes(PAGES)));
	area = mmap(NULL, bytes(PAGES), PROT_READ | PROT_WRITE, MAP_SHARED | flags, memfd, 0);
	need(area != MAP_FAILED);
}

static char *second; /* a second mapping shows what is in the file */

#define behind(p) (second + (p)*bytes(1))

static void map_hugetlb_shared(void)
{
	map_hugetlb_file(0);
	for (int p = 0; p < PAGES; p++)
		WORD(p) = VALUE(PARENT, 0, p);
	second = mmap(NULL, bytes(PAGES), PROT_READ, MAP_SHARED, memfd, 0);
	need(second != MAP_FAILED);
}

/* There is no write(): what is in the file is written by the mapping that shows it. */
static void map_hugetlb_private(void)
{
	map_hugetlb_file(0);
	second = area;
	for (uint64_t p = 0, v = VALUE(FIRST, 0, 0); p < PAGES; p++, v++)
		*(uint64_t *)behind(p) = v;
	area = mmap(NULL, bytes(PAGES), PROT_READ | PROT_WRITE, MAP_PRIVATE, memfd, 0);
	need(area != MAP_FAILED && !mprotect(second, bytes(PAGES), PROT_READ));
}

static void map_hugetlb_untouched(void)
{
	need_pool();
	area = mmap(NULL, bytes(PAGES), PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB, -1, 0);
	need(area != MAP_FAILED);
}

/* Nothing is in the file, and no huge page is set aside for it. */
static void map_hugetlb_hole(void)
{
	map_hugetlb_file(MAP_NORESERVE);
}
