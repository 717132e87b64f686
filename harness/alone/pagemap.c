// SPDX-License-Identifier: GPL-2.0-only
#include <err.h>
#include <fcntl.h>
#include <stdint.h>
#include <unistd.h>

static long pagemap_bit(long p, long bit)
{
	int fd = open("/proc/self/pagemap", O_RDONLY);
	uint64_t entry;

	if (pread(fd, &entry, 8, (uintptr_t)at(p) / 4096 * 8) != 8)
		err(99, "pagemap");
	close(fd);
	return entry >> bit & 1;
}

/* Bit p of @marks is that of page p; pagemap tells it since v5.13. */
static void uffd_wp(int proc, int marks)
{
	for (int p = 0; kernel_since("5.13") && p < PAGES; p++)
		if (in(proc, pagemap_bit, p, 57) != (marks >> p & 1))
			fail("C4", marks >> p & 1 ? "the uffd-wp bit stays" : "no uffd-wp bit",
			     marks >> p & 1 ? "it is gone" : "one is there");
}
