// SPDX-License-Identifier: GPL-2.0-only
/*
 * MADV_DONTNEED of memory that is write-protected and pinned. Anonymous memory has
 * no mark on what comes next: the write goes unnoticed, into a new page. What has
 * a file behind it, or is hugetlb, keeps the mark, as the range is what was
 * protected there, and the next write is noticed. Protecting again where no page
 * is protects nothing in anonymous memory (without WP_UNPOPULATED). (C1, C3, C4)
 */
#include "case.h"

CASE("MADV_DONTNEED of write-protected anonymous memory takes the mark along", "C1 C3 C4");
SEEN_TO_FAIL("7.3-dontneed-spares-pinned", "C1", "*-io_uring *-rdma");
SEEN_TO_FAIL("7.3-unwp-grants-write", "C3", "zero-none");
BROKEN_BY("copies-exclusive", "anon-[!n]* thp-[!n]* thp_pte-* zero-[!n]*");

VARIANTS("ANON zero", "io_uring");
VARIANTS("anon thp", "rdma");
VARIANTS("zero", "none");

TEST_F(scene, dontneed_wp)
{
	pin(self);
	wp(self);
	dontneed(self, PARENT, PAGE(1));
	cpu_write_pages(self, PARENT, PAGE(1));
	write_under_wp(self, 0, UNPROTECT);
	dontneed(self, PARENT, ALL_PAGES);
	cpu_write(self, PARENT);
	device_write(self);
}
