// SPDX-License-Identifier: GPL-2.0-only
#include <err.h>
#include <sys/mman.h>

static void *all_hugepages;
static long hugepages;

/* All that are free. */
static void take_hugepages(void)
{
	const int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB | MAP_POPULATE;

	hugepages = number_in("/proc/meminfo", "HugePages_Free:");
	all_hugepages = mmap(NULL, hugepages << 21, PROT_READ | PROT_WRITE, flags, -1, 0);
	if (number_in("/proc/meminfo", "HugePages_Free:"))
		errx(99, "cannot take all free huge pages");
}

static void give_hugepages(void)
{
	munmap(all_hugepages, hugepages << 21);
}

static void hugepages_accounted(void)
{
	if ((unsigned long)number_in("/proc/meminfo", "HugePages_Rsvd:") >
	    (unsigned long)number_in("/proc/meminfo", "HugePages_Total:"))
		fail("C8", "no more huge pages are set aside than there are", "more are");
}
