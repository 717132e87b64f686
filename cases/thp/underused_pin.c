// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reclaim wants to split a huge page of zeros that a device is about to write to. It must
 * not, or the zero page would replace pinned pages.
 */
#include "case.h"

CASE("pin a huge page of zeros, let reclaim try to split it, write", "C1");
SEEN_TO_FAIL("7.3-split-unmaps-pinned", "C1", "*-io_uring *-rdma thp_zeros-odirect");
VARIANTS("thp_zeros thp thp_pte", "io_uring");
VARIANTS("thp", "rdma");
VARIANTS("thp_zeros", "odirect");

TEST_F(scene, underused_pin)
{
	pin(self);
	thp_underused(self);
	cpu_write(self, PARENT);
	device_write(self);
}
