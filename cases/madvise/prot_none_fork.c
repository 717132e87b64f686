// SPDX-License-Identifier: GPL-2.0-only
/*
 * fork() while pinned memory is PROT_NONE. Its page table entries are present all the
 * same, so the pinned pages must be copied early. Then both processes get their access
 * back.
 */
#include "case.h"

CASE("pin, PROT_NONE, fork, mprotect RW: the child is isolated, and the pin agrees", "C1 C2");
SEEN_TO_FAIL("7.3-pin-skips-cow", "C2", "shmem_private-io_uring swapped-io_uring");
SEEN_TO_FAIL("7.3-no-early-copy", "C2", "*-io_uring *-rdma");
BROKEN_BY_AS("hugetlb-no-early-copy", "C2", "hugetlb-[!n]*");
BROKEN_BY("copies-exclusive", "anon-* thp-* thp_pte-* shmem_private-* zero-* swapped-*");
VARIANTS("PRIVATE zero mthp swapped", "io_uring");
VARIANTS("BRIEF", "rdma");

TEST_F(scene, prot_none_fork)
{
	pin(self);
	mprotect_none(self);
	fork_child(self);
	device_write(self);
	mprotect_rw_by(self, CHILD);
	mprotect_rw(self);
	cpu_write(self, PARENT);
	device_write(self);
	cpu_write(self, CHILD);
	child_exit(self);
	cpu_write(self, PARENT);
}
