// SPDX-License-Identifier: GPL-2.0-only
/*
 * Pin, fork, and the child writes first: its write must reach neither the parent
 * nor the pin, and no DMA must reach the child.			(C1, C2)
 */
#include "case.h"

CASE("pin, fork, child writes first", "C1 C2");
SEEN_TO_FAIL("none to be had here: early copy is in all stock kernels (v5.9), and "
	     "without it the child would copy");

VARIANTS_ALL(io_uring);
VARIANTS_ALL(rdma);
VARIANT(anon, odirect);
VARIANT(thp, odirect);
VARIANT(hugetlb, odirect);
VARIANTS_ALL_NOPIN;

TEST_F(scene, pin_child_first)
{
	pin(self);
	fork_child(self);
	cpu_write(self, CHILD);
	device_write(self);
	cpu_write(self, PARENT);
	cpu_write(self, CHILD);
}
