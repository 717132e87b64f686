// SPDX-License-Identifier: GPL-2.0-only

/* Each of four pages of a file's huge page is mapped eight times in a row. */
static char *area, *second;
static int memfd;

#define at(p) (area + (p)*8 * 4096UL)

#define bytes(n) ((n) == PAGES ? 4 * 8 * 4096UL : (n)*4096UL)

#define behind(p) (second + (at(p) - area))

static char *lay_out(void)
{
	const int sub[] = { 0, 1, 256, 511 };
	char *p = mmap(NULL, bytes(PAGES), PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	for (int i = 0; p != MAP_FAILED && i < 4 * 8; i++)
		need(mmap(p + i * 4096L, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED,
			  memfd, sub[i / 8] * 4096L) != MAP_FAILED);
	return p;
}

#define SHMEM_HUGE "/sys/kernel/mm/transparent_hugepage/shmem_enabled"

static void map_repeated(void)
{
	if (put(SHMEM_HUGE, "force"))
		skip("THP for shmem");
	memfd = memfd_create(NAME, 0);
	need(memfd >= 0 && !ftruncate(memfd, 2UL << 20) && pwrite(memfd, "", 1, 0) == 1);
	put(SHMEM_HUGE, "never");
	area = lay_out();
	second = lay_out();
	for (int p = 0; p < PAGES; p++)
		WORD(p) = VALUE(PARENT, 0, p);
	if (!(number_at("/proc/kpageflags", frame_of(0)) >> 22 & 1))
		skip("THP at a write");
}
