// SPDX-License-Identifier: GPL-2.0-only

#define KSM "/sys/kernel/mm/ksm/"

/* ksmd goes over all memory so many times; the first pass has begun already. */
static void ksm_passes(int n)
{
	long before = knob(KSM "run", 1), first = knob(KSM "full_scans", -1);

	while (knob(KSM "full_scans", -1) <= first + n)
		usleep(1000);
	knob(KSM "run", before);
}

static char *twins;

#define twin(p) (twins + 4096UL * (p))

/* Two twins of each page: what is held is not merged with them, all else is. */
static void ksm_scan(void)
{
	size_t len = 2 * PAGES * 4096UL;

	twins = mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	need(twins != MAP_FAILED);
	for (int p = 0; p < 2 * PAGES; p++)
		memcpy(twins + p * 4096UL, at(p % PAGES), 4096);
	if (madvise(twins, len, MADV_MERGEABLE) || madvise(area, bytes(PAGES), MADV_MERGEABLE))
		skip("KSM");
	ksm_passes(6);
}

static void ksm_unmerge(void)
{
	must(!madvise(area, bytes(PAGES), MADV_UNMERGEABLE), "C8", "MADV_UNMERGEABLE is done");
	for (int p = 0; p < PAGES; p++)
		must(frame_of(p) != frame_of(p - PAGES), "C8",
		     "MADV_UNMERGEABLE leaves no page merged");
}

/*
 * Two strangers have what our pages have, and are merged with each other. One goes, the other
 * says that it has no use for it; then we are merged with it.
 */
static void ksm_with_freed(void)
{
	size_t len = bytes(PAGES);
	char *two = mmap(NULL, 2 * len, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	need(two != MAP_FAILED);
	memcpy(two, area, len);
	memcpy(two + len, area, len);
	if (madvise(two, 2 * len, MADV_MERGEABLE))
		skip("KSM");
	ksm_passes(4);
	need(!munmap(two, len) && !madvise(two + len, len, MADV_FREE));
	madvise(area, len, MADV_MERGEABLE);
	ksm_passes(4);
	munmap(two + len, len);
}
