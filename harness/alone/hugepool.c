// SPDX-License-Identifier: GPL-2.0-only

static void *all_hugepages;
static long hugepages;

/* All that are free. */
static void take_hugepages(void)
{
	const int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB | MAP_POPULATE;

	hugepages = number_in("/proc/meminfo", "HugePages_Free:");
	all_hugepages = mmap(NULL, hugepages << 21, PROT_READ | PROT_WRITE, flags, -1, 0);
	need(!number_in("/proc/meminfo", "HugePages_Free:"));
}

static void give_hugepages(void)
{
	munmap(all_hugepages, hugepages << 21);
}

static void hugepages_accounted(void)
{
	must((unsigned long)number_in("/proc/meminfo", "HugePages_Rsvd:") <=
		     (unsigned long)number_in("/proc/meminfo", "HugePages_Total:"),
	     "C8", "no more huge pages are set aside than there are");
}
