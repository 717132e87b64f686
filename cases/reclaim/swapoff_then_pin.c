// SPDX-License-Identifier: GPL-2.0-only
/*
 * What swapoff() brought back is the process's own page: it is pinned, and no write
 * copies it.							(C1, C7)
 */
#include "case.h"

CASE("swap out, swapoff, pin, write: pin and page table agree", "C1 C7");

VARIANT(anon, io_uring);
VARIANT(thp, io_uring);
VARIANT(anon, rdma);
VARIANT(thp, rdma);
VARIANT(anon, rdma_ro);
VARIANT(thp, rdma_ro);
VARIANT(anon, gup_ro);
VARIANT(thp, gup_ro);

TEST_F(scene, swapoff_then_pin)
{
	pageout(self, true);
	swapoff_all(self);
	pin(self);
	cpu_write(self, PARENT);
	device_write(self);
}
