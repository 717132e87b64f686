// SPDX-License-Identifier: GPL-2.0-only
/*
 * MADV_DONTNEED of memory that is write-protected and pinned. Anonymous memory loses the
 * uffd-wp bit with the page: the next write raises no notification and goes to a new
 * page. Memory with a file behind it, and hugetlb, keep the protection of the range (see
 * madvise/dontneed_marker).
 */
#include "case.h"

CASE("MADV_DONTNEED of write-protected anonymous memory drops the uffd-wp bit too", "C1 C3 C4");
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
