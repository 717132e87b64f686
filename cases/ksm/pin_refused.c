// SPDX-License-Identifier: GPL-2.0-only
/*
 * Two equal pages, one is pinned: KSM merges its twins, but not it. The device's
 * write gets to its owner, and to no twin.			(C1, C2)
 */
#include "case.h"

CASE("pin, let KSM look for equal pages, write: a pinned page is not merged", "C1 C2");

VARIANT(anon, io_uring);
VARIANT(thp, io_uring);
VARIANT(thp_pte, io_uring);
VARIANT(shmem_private, io_uring);
VARIANT(swapped, io_uring);
VARIANT(mthp, io_uring);
VARIANT(anon, rdma);
VARIANT(thp, rdma);
VARIANT(thp_pte, rdma);
VARIANT(shmem_private, rdma);
VARIANT(swapped, rdma);
VARIANT(mthp, rdma);
VARIANT(anon, odirect);
VARIANT(thp, odirect);
VARIANT(anon, rdma_ro);
VARIANT(anon, gup);
VARIANT(anon, gup_ro);
VARIANT(anon, gup_fast);
VARIANT(anon, gup_ro_fast);
VARIANT(anon, vmsplice);
VARIANT(thp, vmsplice);
VARIANT(anon, rdma_odp);
VARIANT_NOPIN(anon);

TEST_F(scene, pin_refused)
{
	pin(self);
	ksm_scan(self);
	cpu_write(self, PARENT);
	device_write(self);
}
