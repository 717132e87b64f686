// SPDX-License-Identifier: GPL-2.0-only
/*
 * move_pages() of pinned pages: they stay where they are, and page table and pin
 * agree afterwards. A page beside moves. What is not pinned (ODP, none) moves, and
 * the device follows.						(C1)
 */
#include "case.h"

CASE("pin, move to the other node, write: a pinned page stays", "C1");
SEEN_TO_FAIL("7.3-migrates-pinned", "C1",
	     "*-io_uring *-rdma *-odirect *-rdma_ro *-gup_fast *-gup_ro");
NOT_SEEN_TO_FAIL("controls: nothing is pinned, or only held by a FOLL_GET reference, so that the "
		 "pin may go stale",
		 "*-rdma_odp *-vmsplice");
PATCHED("7.3-pin-skips-cow", "C1", "a pin for writing takes what is there",
	"ksm-* shmem_private-io_uring zero-io_uring swapped-io_uring "
	"thp_shared-io_uring zero_huge-io_uring");
PATCHED("7.3-migrates-pinned", "C1", "pinned pages are migrated",
	"*-io_uring *-rdma *-odirect *-rdma_ro *-gup_fast *-gup_ro");

VARIANTS_ALL(io_uring);
VARIANTS_MORE(io_uring);
VARIANT(ksm, io_uring);
VARIANTS_BRIEF(rdma);
VARIANT(shmem, rdma);
VARIANT(ksm, rdma);
VARIANTS_BRIEF(odirect);
VARIANT(thp_pte, odirect);
VARIANT(shmem, odirect);
VARIANT(anon, rdma_ro);
VARIANT(shmem, rdma_ro);
VARIANT(shmem_private, rdma_ro);
VARIANT(zero, rdma_ro);
VARIANT(hugetlb, rdma_ro);
VARIANTS_BRIEF(gup_fast);
VARIANT(anon, gup_ro);
VARIANT(hugetlb, gup_ro);
VARIANT(shmem_private, gup_ro);
VARIANT(anon, rdma_odp);
VARIANT(shmem, rdma_odp);
VARIANT(anon, vmsplice);
VARIANT(thp, vmsplice);
VARIANT(shmem, vmsplice);

TEST_F(scene, pin_stays)
{
	pin(self);
	migrate(self);
	cpu_write(self, PARENT);
	device_write(self);
}
