// SPDX-License-Identifier: GPL-2.0-only
/*
 * move_pages() of pinned pages: they stay where they are, and page table and pin
 * agree afterwards. A page beside moves. What is not pinned (ODP, none) moves, and
 * the device follows.						(C1)
 */
#include "case.h"

CASE("pin, move to the other node, write: a pinned page stays", "C1");

VARIANTS_ALL(io_uring);
VARIANTS_ALL(rdma);
VARIANTS_MORE(io_uring);
VARIANT(ksm, io_uring);
VARIANT(ksm, rdma);
VARIANT(anon, odirect);
VARIANT(thp, odirect);
VARIANT(thp_pte, odirect);
VARIANT(hugetlb, odirect);
VARIANT(shmem, odirect);
VARIANT(anon, rdma_ro);
VARIANT(shmem, rdma_ro);
VARIANT(shmem_private, rdma_ro);
VARIANT(zero, rdma_ro);
VARIANT(hugetlb, rdma_ro);
VARIANT(anon, gup_fast);
VARIANT(thp, gup_fast);
VARIANT(hugetlb, gup_fast);
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
	migrate(self, MUST_GO);
	cpu_write(self, PARENT);
	device_write(self);
}
