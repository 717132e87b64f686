// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reclaim wants to split a huge page of zeros that a device is about to write to:
 * it must not, or the zero page would take the place of what is pinned. (C1)
 */
#include "case.h"

CASE("pin a huge page of zeros, let reclaim look at it, write", "C1");

VARIANT(thp_zeros, io_uring);
VARIANT(thp, io_uring);
VARIANT(thp_pte, io_uring);
VARIANT(thp_zeros, rdma);
VARIANT(thp, rdma);
VARIANT(thp_pte, rdma);
VARIANT(thp_zeros, odirect);
VARIANT(thp_zeros, vmsplice);

TEST_F(scene, underused_pin)
{
	pin(self);
	thp_underused(self);
	device_write(self);
	cpu_write(self, PARENT);
}
