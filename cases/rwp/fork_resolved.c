// SPDX-License-Identifier: GPL-2.0-only
/*
 * P: read-and-write protect; unprotect; fork. The pages are P's to write
 * again, without a mark, so fork() must take that from both: P writes, and C
 * still reads what was there. Whether an entry is writable was, in review,
 * looked up after its protection had been changed for C.	(C1, C2)
 */
#include "case.h"

CASE("read-and-write protect, unprotect, fork: what is shared is copied on write", "C1 C2");
NOT_SEEN_TO_FAIL("not yet", "*");

VARIANTS_PRIVATE_NOPIN;
VARIANT_NOPIN(zero);
VARIANT(anon, io_uring);
VARIANT(thp_pte, io_uring);
VARIANT(hugetlb, io_uring);
VARIANT(anon, rdma);

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
