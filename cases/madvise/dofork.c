// SPDX-License-Identifier: GPL-2.0-only
/*
 * MADV_DOFORK undoes MADV_DONTFORK. The next child has the memory, as a copy of its
 * own because it is pinned. rdma-core does this when it destroys an MR whose memory it
 * had kept out of children.
 *
 * On hugetlb newer kernels refuse MADV_DOFORK with EINVAL, but not MADV_DONTFORK, which
 * then cannot be undone. The check was for VM_IO only. It is now for all of VM_SPECIAL,
 * which includes VM_DONTEXPAND, and every hugetlb mapping has that flag.
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
