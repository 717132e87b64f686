// SPDX-License-Identifier: GPL-2.0-only
/*
 * P: read-and-write protect; unprotect; fork. The pages are P's to write
 * again, without a mark, so fork() must take that from both: P writes, and C
 * still reads what was there. Whether an entry is writable was, in review,
 * looked up after its protection had been changed for C.	(C1, C2)
 */
#include "case.h"

CASE("read-and-write protect, unprotect, fork: what is shared is copied on write", "C1 C2");
SEEN_TO_FAIL("7.3-dma-by-page-table", "C1", "*-io_uring");
SEEN_TO_FAIL("7.3-rwp-fork-keeps-write", "C2", "anon-none");

VARIANTS("anon", "none");
VARIANTS("anon thp_pte hugetlb", "io_uring");

TEST_F(scene, fork_resolved)
{
	uffd_open(self, FOR_RWP);
	pin(self);
	wp(self);
	unwp(self);
	fork_child(self);
	cpu_write(self, PARENT);
	device_write(self);
	cpu_write(self, CHILD);
}
