// SPDX-License-Identifier: GPL-2.0-only
#include <err.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/swap.h>
#include <sys/sysinfo.h>
#include <unistd.h>

#define drop_behind() madvise(behind(0), bytes(PAGES), MADV_DONTNEED)

/* A fresh page waits in a batch for its list, where reclaim finds it: so more than once. */
static void page_out(int must_go)
{
	struct sysinfo mem;
	int p = 0;

	if (sysinfo(&mem) || !mem.totalswap)
		skip("swap");
	for (int i = 0; i < 200 && !(must_go && p == PAGES); i++) {
		if (madvise(area, bytes(PAGES), MADV_PAGEOUT))
			err(99, "MADV_PAGEOUT");
		for (p = 0; p < PAGES && !pagemap_bit(p, 63);)
			p++;
		usleep(1000);
	}
	if (must_go && p < PAGES)
		errx(99, "MADV_PAGEOUT does not swap out the pages");
}

static void swapoff_all(void)
{
	FILE *f = fopen("/proc/swaps", "r");
	char device[64];

	if (!f || fscanf(f, "%*[^\n] %63s", device) != 1)
		skip("swap");
	fclose(f);
	if (swapoff(device))
		fail("C8", "swapoff() is done", "it is refused");
	if (swapon(device, 0))
		err(99, "swapon");
}

/* What is pinned stays for as long as it is. */
static void free_lazily(void)
{
	if (madvise(area, bytes(PAGES), MADV_FREE))
		fail("C1", "MADV_FREE is done", "it is refused");
}
