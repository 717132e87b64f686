// SPDX-License-Identifier: GPL-2.0-only
/*
 * The counterpart of madvise/dontneed_wp. Shared memory and hugetlb keep the protection
 * of a page that is dropped, as a PTE marker (5c041f5d1f23, v5.19). The write that brings
 * the page back must raise a notification. The pin holds the page that shared memory
 * never gave up, or the one that a private mapping did.
 */
#include "case.h"

CASE("MADV_DONTNEED that leaves a PTE marker: the next write raises a notification", "C1 C3 C4");
SEEN_TO_FAIL("7.3-dontneed-spares-pinned", "C1", "*-io_uring *-rdma");
SEEN_TO_FAIL("7.3-unwp-grants-write", "C2", "shmem_private-*");
VARIANTS("hugetlb shmem shmem_private hugetlb_shared", "io_uring");
VARIANTS("hugetlb", "rdma");
VARIANTS("shmem_private", "none");

TEST_F(scene, dontneed_marker)
{
	pin(self);
	wp(self);
	dontneed(self, PARENT, ALL_PAGES);
	write_under_wp(self, 1, UNPROTECT);
	marks_stay(self);
	dontneed(self, PARENT, PAGE(1));
	cpu_write_pages(self, PARENT, PAGE(1));
	device_write(self);
	unwp(self);
	cpu_write(self, PARENT);
}
