// SPDX-License-Identifier: GPL-2.0-only

/* What is written from now on has its soft-dirty bit set again. */
static long clear_soft_dirty(long value, long unused)
{
	int fd = open("/proc/self/clear_refs", O_WRONLY);

	(void)unused;
	if (dprintf(fd, "%ld", value) != 1)
		skip("soft-dirty bits");
	return close(fd);
}

/* Bit p of @pages is that of page p. What is reported without a write does no harm. */
static void soft_dirty(int proc, int pages)
{
	for (int p = 0; p < PAGES; p++)
		must(!(pages >> p & 1) || in(proc, pagemap_bit, p, 55), "C9",
		     "what the CPU wrote is soft-dirty");
}

/* It becomes one mapping with the rest, which is soft-dirty as a whole then. */
static void renew(int p)
{
	const int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK | MAP_FIXED;

	if (!kernel_since("6.7"))
		skip("MAP_STACK that means no huge pages");
	need(!munmap(at(p), 4096) &&
	     mmap(at(p), 4096, PROT_READ | PROT_WRITE, flags, -1, 0) == at(p));
}

/* The last page goes, and a new one comes. */
static void shrink_and_grow(void)
{
	must(mremap(area, bytes(PAGES), bytes(PAGES - 1), 0) == area &&
		     mremap(area, bytes(PAGES - 1), bytes(PAGES), 0) == area,
	     "C9", "mremap() to less and back is done");
}
