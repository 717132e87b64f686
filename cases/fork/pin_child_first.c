// SPDX-License-Identifier: GPL-2.0-only
/*
 * Pin, fork, and the child writes first: its write must reach neither the parent
 * nor the pin, and no DMA must reach the child.			(C1, C2)
 */
#include "case.h"

CASE("pin, fork, child writes first", "C1 C2");
SEEN_TO_FAIL("7.3-no-early-copy", "C1",
	     "anon-io_uring thp-io_uring thp_pte-io_uring shmem_private-io_uring zero-io_uring "
	     "anon-rdma thp-rdma thp_pte-rdma shmem_private-rdma zero-rdma");
PATCHED("7.3-no-early-copy", "fail",
	"fork() shares pinned pages",
	"anon-io_uring thp-io_uring thp_pte-io_uring shmem_private-io_uring "
	"zero-io_uring anon-rdma thp-rdma thp_pte-rdma shmem_private-rdma zero-rdma");
PATCHED("7.3-pin-skips-cow", "fail",
	"a pin for writing takes what is there",
	"shmem_private-io_uring zero-io_uring shmem_private-rdma zero-rdma");

VARIANTS_ALL(io_uring);
VARIANTS_ALL(rdma);
VARIANT(anon, odirect);
VARIANT(thp, odirect);
VARIANT(hugetlb, odirect);
VARIANTS_ALL_NOPIN;
VARIANTS_MORE(io_uring);

TEST_F(scene, pin_child_first)
{
	pin(self);
	fork_child(self);
	cpu_write(self, CHILD);
	device_write(self);
	cpu_write(self, PARENT);
	cpu_write(self, CHILD);
}
