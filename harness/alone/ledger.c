// SPDX-License-Identifier: GPL-2.0-only

/* userfaultfd's asynchronous write-protect, read by PAGEMAP_SCAN. */

#ifndef PAGEMAP_SCAN /* v6.7 */
struct pm_scan_arg {
	uint64_t size, flags, start, end, walk_end, vec, vec_len, max_pages;
	uint64_t category_inverted, category_mask, category_anyof_mask, return_mask;
};
#define PAGEMAP_SCAN	      _IOWR('f', 16, struct pm_scan_arg)
#define PM_SCAN_WP_MATCHING   1
#define PM_SCAN_CHECK_WPASYNC 2
#define PAGE_IS_WRITTEN	      2
#endif

/* What was written to, a bit a page, by calls that have room for so many regions each. */
static long scan(long flags, long room)
{
	uint64_t r[32][3]; /* start, end, what it is */
	struct pm_scan_arg arg = { .size = sizeof(arg),
				   .flags = flags,
				   .vec_len = room,
				   .vec = room ? (uintptr_t)r : 0,
				   .start = (uintptr_t)area,
				   .end = (uintptr_t)area + bytes(PAGES),
				   .category_mask = PAGE_IS_WRITTEN,
				   .return_mask = room ? PAGE_IS_WRITTEN : 0 };
	int fd = open("/proc/self/pagemap", O_RDONLY), n;
	long pages = 0;

	for (; arg.start < arg.end; arg.start = arg.walk_end) {
		n = ioctl(fd, PAGEMAP_SCAN, &arg);
		must(n >= 0, "C9", "PAGEMAP_SCAN is done");
		for (int i = 0, p = 0; i < n * PAGES; i++, p = i % PAGES)
			if ((uintptr_t)at(p) >= r[i / PAGES][0] &&
			    (uintptr_t)at(p) < r[i / PAGES][1])
				pages |= 1 << p;
	}
	close(fd);
	return pages;
}

/* Bit p of @pages is that of page p. What is told without a write does no harm. */
static void told_of(int proc, long flags, long room, int pages)
{
	must(!(pages & ~in(proc, scan, flags, room)), "C9", "what the CPU wrote is reported");
}

#define reported(proc, pages) told_of(proc, 0, 32, pages)

#define CLEAR (PM_SCAN_WP_MATCHING | PM_SCAN_CHECK_WPASYNC)

/* To clear and to report is one: what is not reported here is never. */
#define clear_written(proc, pages) told_of(proc, CLEAR, 32, pages)

#define clear_one_by_one(proc, pages) told_of(proc, CLEAR, 1, pages)

/* It is not to be: nobody keeps book of this memory by UFFD_FEATURE_WP_ASYNC. */
static void scan_refused(void)
{
	struct pm_scan_arg arg = { .size = sizeof(arg),
				   .flags = CLEAR,
				   .start = (uintptr_t)area,
				   .end = (uintptr_t)area + bytes(PAGES),
				   .category_mask = PAGE_IS_WRITTEN };
	int fd = open("/proc/self/pagemap", O_RDONLY);

	if (!ioctl(fd, PAGEMAP_SCAN, &arg) || errno != EPERM) {
		if (errno == ENOTTY)
			skip("PAGEMAP_SCAN");
		must(0, "C5", "EPERM");
	}
	arg.flags = PM_SCAN_WP_MATCHING;
	must(!ioctl(fd, PAGEMAP_SCAN, &arg), "C9", "PAGEMAP_SCAN is done");
	close(fd);
	for (int p = 0; p < PAGES; p++)
		must(!pagemap_bit(p, 57), "C5", "no uffd-wp bit where none was asked for");
}

#define WRITTEN_AND_SWAPPED 18

/* Clear what is written and swapped out, which nothing is. */
static void clear_swapped(int room)
{
	uint64_t r[32][3];
	struct pm_scan_arg arg = { .size = sizeof(arg),
				   .flags = CLEAR,
				   .vec_len = room,
				   .vec = room ? (uintptr_t)r : 0,
				   .start = (uintptr_t)area,
				   .end = (uintptr_t)area + bytes(PAGES),
				   .category_mask = WRITTEN_AND_SWAPPED,
				   .return_mask = room ? WRITTEN_AND_SWAPPED : 0 };
	int fd = open("/proc/self/pagemap", O_RDONLY);

	must(ioctl(fd, PAGEMAP_SCAN, &arg) >= 0, "C9", "PAGEMAP_SCAN is done");
	close(fd);
}
