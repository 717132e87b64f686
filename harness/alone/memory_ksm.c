// SPDX-License-Identifier: GPL-2.0-only

static char *area; /* the upper half is the scene's, the lower one its twin */

#define at(p) (area + (p)*4096UL)

#define bytes(n) ((n)*4096UL)

#define behind(p) (area - bytes(PAGES) + (p)*4096UL)

static void map_ksm(void)
{
	area = mmap(NULL, bytes(2 * PAGES), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1,
		    0);
	need(area != MAP_FAILED);
	madvise(area, bytes(2 * PAGES), MADV_NOHUGEPAGE);
	area += bytes(PAGES);
	for (int p = 0; p < PAGES; p++)
		*(uint64_t *)behind(p) = WORD(p) = VALUE(PARENT, 0, p);
	if (madvise(behind(0), bytes(2 * PAGES), MADV_MERGEABLE) ||
	    put("/sys/kernel/mm/ksm/run", "1"))
		skip("KSM");
	/* Until both have one frame. */
	for (int p = 0; p < PAGES; p++)
		while (frame_of(p) != frame_of(p - PAGES))
			usleep(1000);
	put("/sys/kernel/mm/ksm/run", "0");
}
