// SPDX-License-Identifier: GPL-2.0-only

static char *area;

static char *second;

static int memfd;

static const int places[] = { 0, 1, 256, 511 };

#define at(p) (area + places[p] * 4096UL)

#define bytes(n) ((n) == PAGES ? 2UL << 20 : (n)*4096UL)

#define behind(p) (second + (at(p) - area))

/* Where a PMD could map the file. */
static char *map_2m_of(int fd)
{
	char *p = mmap(NULL, 4UL << 20, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	need(p != MAP_FAILED);
	p += -(uintptr_t)p % (2UL << 20);
	need(!ftruncate(fd, 2UL << 20) &&
	     mmap(p, 2UL << 20, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, fd, 0) == p);
	return p;
}

/* Small pages that fill it, mapped twice. */
static void map_shmem_2m(void)
{
	memfd = memfd_create(NAME, 0);
	area = map_2m_of(memfd);
	second = map_2m_of(memfd);
	if (madvise(area, 2UL << 20, MADV_HUGEPAGE))
		skip("THP");
	for (int i = 0; i < 512; i++)
		area[i * 4096L] = 1;
	for (int p = 0; p < PAGES; p++)
		WORD(p) = VALUE(PARENT, 0, p);
}

#define SHMEM_HUGE "/sys/kernel/mm/transparent_hugepage/shmem_enabled"

/* A private view of a file's huge page, mapped by a PMD, by a read. */
static void map_shmem_thp_private(void)
{
	memfd = memfd_create(NAME, 0);
	put(SHMEM_HUGE, "force");
	second = map_2m_of(memfd);
	area = map_2m_of(memfd);
	for (uint64_t p = 0, v = VALUE(FIRST, 0, 0); p < PAGES; p++, v++)
		need(pwrite(memfd, &v, 8, places[p] * 4096L) == 8);
	need(mmap(area, 2UL << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_FIXED, memfd, 0) ==
	     area);
	if (madvise(area, 2UL << 20, MADV_HUGEPAGE) || !WORD(0))
		skip("THP for shmem");
	put(SHMEM_HUGE, "never");
}

/* A file's huge page, mapped by a PMD, by a read. */
static void map_shmem_thp_clean(void)
{
	memfd = memfd_create(NAME, MFD_ALLOW_SEALING);
	area = map_2m_of(memfd);
	if (put(SHMEM_HUGE, "force") || madvise(area, 2UL << 20, MADV_HUGEPAGE) || WORD(0))
		skip("THP for shmem");
	put(SHMEM_HUGE, "never");
	if (!(number_at("/proc/kpageflags", frame_of(0)) >> 22 & 1))
		skip("THP at a fault");
}
