// SPDX-License-Identifier: GPL-2.0-only

#ifndef MADV_COLLAPSE /* v6.1 */
#define MADV_COLLAPSE 25
#endif

/* What is pinned or has a uffd-wp bit is refused, with this error. */
static void collapse(char *where, int refused)
{
	if (!kernel_since("6.1"))
		skip("MADV_COLLAPSE");
	/* A fresh page waits in a batch for its list, and is refused there, too. */
	for (int i = 0; madvise(where, 2 << 20, MADV_COLLAPSE) && errno != refused; usleep(1000))
		must(i++ < 1000, "C8", "MADV_COLLAPSE, or a refusal if anything holds the pages");
}

/* By debugfs: the huge page itself, if nothing holds it. By range since v5.13; before that all. */
static void split_from_outside(void)
{
	int fd = open("/sys/kernel/debug/split_huge_pages", O_WRONLY);

	if (fd < 0)
		skip("split_huge_pages in debugfs");
	if (kernel_since("5.13"))
		dprintf(fd, "%d,%p,%p", getpid(), area, area + bytes(PAGES));
	else
		dprintf(fd, "1");
	close(fd);
}

/* A page that nobody looks at goes: the others are mapped by PTEs then. */
static void split_by_munmap(void)
{
	must(!munmap(area + 100 * 4096, 4096), "C4", "munmap() of a part is done");
}

/* A page that nobody looks at moves away: the others are mapped by PTEs then. */
static void split_by_mremap(void)
{
	const int move = MREMAP_MAYMOVE | MREMAP_FIXED;
	char *to = mmap(NULL, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	must(mremap(area + 100 * 4096, 4096, 4096, move, to) == to, "C4",
	     "mremap() of a part is done");
}

#define THP "/sys/kernel/mm/transparent_hugepage/"

/* Reclaim splits huge pages of little but zeros (v6.12), which as yet may be up to 511. */
static void reclaim_underused(void)
{
	long before;

	if (access(THP "shrink_underused", F_OK))
		skip("shrink_underused");
	before = knob(THP "khugepaged/max_ptes_none", 128);
	for (int i = 0; i < 20; i++) {
		put("/proc/sys/vm/drop_caches", "2");
		usleep(10000);
	}
	knob(THP "khugepaged/max_ptes_none", before);
}
