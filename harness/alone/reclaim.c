// SPDX-License-Identifier: GPL-2.0-only

#define drop_behind() madvise(behind(0), bytes(PAGES), MADV_DONTNEED)

static struct sysinfo mem;

static void try_page_out(void)
{
	if (sysinfo(&mem) || !mem.totalswap)
		skip("swap");
	for (int i = 0; i < 200; i++)
		need(!madvise(area, bytes(PAGES), MADV_PAGEOUT) && !usleep(1000));
}

/* A fresh page waits in a batch for its list, where reclaim finds it. */
static void page_out(void)
{
	if (sysinfo(&mem) || !mem.totalswap)
		skip("swap");
	for (int p = 0, tries = 0; p < PAGES; p++)
		for (; pagemap_bit(p, 63); usleep(1000))
			need(tries++ < 200 && !madvise(area, bytes(PAGES), MADV_PAGEOUT));
}

/* What came from zram is not. */
static void in_swap_cache(void)
{
	for (int p = 0; p < PAGES; p++)
		if (!(number_at("/proc/kpageflags", frame_of(p)) >> 13 & 1))
			skip("swap on a disk");
}

static void swapoff_all(void)
{
	FILE *f = fopen("/proc/swaps", "r");
	char device[64];

	if (!f || fscanf(f, "%*[^\n] %63s", device) != 1)
		skip("swap");
	fclose(f);
	must(!swapoff(device), "C8", "swapoff() is done");
	for (int p = 0; p < PAGES; p++)
		must(pagemap_bit(p, 63), "C8", "swapoff() brings all pages back");
	need(!swapon(device, 0));
}

/* What is pinned stays for as long as it is. */
static void free_lazily(void)
{
	must(!madvise(area, bytes(PAGES), MADV_FREE), "C1", "MADV_FREE is done");
}
