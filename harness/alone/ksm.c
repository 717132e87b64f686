// SPDX-License-Identifier: GPL-2.0-only
#include <err.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

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
	if (twins == MAP_FAILED)
		err(99, "mmap");
	for (int p = 0; p < 2 * PAGES; p++)
		memcpy(twins + p * 4096UL, at(p % PAGES), 4096);
	if (madvise(twins, len, MADV_MERGEABLE) || madvise(area, bytes(PAGES), MADV_MERGEABLE))
		skip("KSM");
	ksm_passes(6);
}

static void ksm_unmerge(void)
{
	if (madvise(area, bytes(PAGES), MADV_UNMERGEABLE))
		fail("C8", "MADV_UNMERGEABLE is done", "it is refused");
	for (int p = 0; p < PAGES; p++)
		if (frame_of(p) == frame_of(p - PAGES))
			fail("C8", "MADV_UNMERGEABLE leaves no page merged", "one is");
}

/*
 * Two strangers have what our pages have, and are merged with each other. One goes, the other
 * says that it has no use for it; then we are merged with it.
 */
static void ksm_with_freed(void)
{
	size_t len = bytes(PAGES);
	char *two = mmap(NULL, 2 * len, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (two == MAP_FAILED)
		err(99, "mmap");
	memcpy(two, area, len);
	memcpy(two + len, area, len);
	if (madvise(two, 2 * len, MADV_MERGEABLE))
		skip("KSM");
	ksm_passes(4);
	if (munmap(two, len) || madvise(two + len, len, MADV_FREE))
		err(99, "MADV_FREE");
	madvise(area, len, MADV_MERGEABLE);
	ksm_passes(4);
	munmap(two + len, len);
}
