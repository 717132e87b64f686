// SPDX-License-Identifier: GPL-2.0-only

static long pagemap_bit(long p, long bit)
{
	int fd = open("/proc/self/pagemap", O_RDONLY);
	uint64_t entry;

	need(pread(fd, &entry, 8, (uintptr_t)at(p) / 4096 * 8) == 8);
	close(fd);
	return entry >> bit & 1;
}

/* Just now, each page that has its bit in @marks. */
static void protected(int marks)
{
	for (int p = 0; kernel_since("5.13") && p < PAGES; p++)
		if (marks >> p & 1)
			must(pagemap_bit(p, 57), "C3", "the page is write-protected");
}

/* Bit p of @marks is that of page p; pagemap tells it since v5.13. */
static void uffd_wp(int proc, int marks)
{
	for (int p = 0; kernel_since("5.13") && p < PAGES; p++)
		must(in(proc, pagemap_bit, p, 57) == (marks >> p & 1), "C4", "this uffd-wp bit");
}
