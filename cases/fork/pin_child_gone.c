// SPDX-License-Identifier: GPL-2.0-only
/*
 * The same, and the child is gone before anybody writes.		(C1, C2)
 */
#include "case.h"

CASE("pin, fork, child exits, parent writes",
     "C1 C2");
SEEN_TO_FAIL("TBD");

VARIANTS_ALL(io_uring);
VARIANTS_ALL(rdma);
VARIANT(anon, odirect);
VARIANT(thp, odirect);
VARIANT(hugetlb, odirect);
VARIANT_NOPIN(anon);
VARIANT_NOPIN(thp);
VARIANT_NOPIN(thp_pte);
VARIANT_NOPIN(hugetlb);
VARIANT_NOPIN(shmem);
VARIANT_NOPIN(shmem_private);
VARIANT_NOPIN(zero);

TEST_F(scene, pin_child_gone)
{
	pin(self);
	fork_child(self);
	child_exit(self);
	cpu_write(self, PARENT);
	device_write(self);
	cpu_write(self, PARENT);
}
