// SPDX-License-Identifier: GPL-2.0-only
/*
 * Pages that were collapsed are pinned: the huge page is the process's own. (C1, C7)
 */
#include "case.h"

CASE("collapse, then pin, write: pin and page table agree", "C1 C7");

VARIANT(small_2m, io_uring);
VARIANT(thp_pte, io_uring);
VARIANT(shmem_2m, io_uring);
VARIANT(small_2m, rdma);
VARIANT(thp_pte, rdma);
VARIANT(shmem_2m, rdma);
VARIANT_NOPIN(small_2m);
VARIANT_NOPIN(thp_pte);
VARIANT_NOPIN(shmem_2m);

TEST_F(scene, collapse_then_pin)
{
	thp_collapse(self, MUST_GO);
	pin(self);
	cpu_write(self, PARENT);
	device_write(self);
}
