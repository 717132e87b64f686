// SPDX-License-Identifier: GPL-2.0-only
/*
 * A pinned huge page cannot be split, and the attempt must do no harm.
 */
#include "case.h"

CASE("pin, try to split the huge page, write: pin and page table agree", "C1");
SEEN_TO_FAIL("7.3-split-unmaps-pinned", "C1", "*-io_uring *-rdma *-odirect* thp-gup_ro");
VARIANTS("thp thp_pte thp_shared", "io_uring");
VARIANTS("thp", "rdma gup_ro");
VARIANTS("thp thp_pte", "odirect odirect_bytes");

TEST_F(scene, split_pin)
{
	pin(self);
	thp_split(self, FROM_OUTSIDE);
	cpu_write(self, PARENT);
	device_write(self);
}
