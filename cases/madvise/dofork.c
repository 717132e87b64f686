// SPDX-License-Identifier: GPL-2.0-only
/*
 * MADV_DOFORK takes MADV_DONTFORK back: the next child has the memory, which is
 * pinned, as a copy of its own. rdma-core does this when an MR goes whose memory
 * it had kept out of children. From 7.0 on it is refused on hugetlb: EINVAL for all
 * that is VM_SPECIAL, which VM_DONTEXPAND is, and every hugetlb mapping has that;
 * it was for VM_IO only. MADV_DONTFORK goes through, and then is for ever. (C1, C2)
 */
#include "case.h"

CASE("MADV_DONTFORK, then MADV_DOFORK: the next child has the memory, copied early", "C1 C2");
SEEN_TO_FAIL("7.0 7.1 7.2 7.3", "C2", "hugetlb*");
SEEN_TO_FAIL("7.3-no-early-copy", "C2", "anon-* thp-* thp_pte-* shmem_private-* zero-*");
BROKEN_BY("dofork-refuses-hugetlb", "hugetlb-* hugetlb_shared-*");
BROKEN_BY_AS("hugetlb-no-early-copy", "C2", "hugetlb-io_uring");

VARIANTS("PRIVATE zero hugetlb_shared", "io_uring");
VARIANTS("anon", "rdma");
VARIANTS("hugetlb hugetlb_shared", "none");

TEST_F(scene, dofork)
{
	pin(self);
	dontfork(self);
	fork_child(self);
	child_exit(self);
	dofork(self);
	fork_child(self);
	device_write(self);
	cpu_write(self, PARENT);
	device_write(self);
	cpu_write(self, CHILD);
}
