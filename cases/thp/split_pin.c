// SPDX-License-Identifier: GPL-2.0-only
/*
 * A huge page that is pinned cannot be split, and asking for it does no harm.
 * 								(C1)
 */
#include "case.h"

CASE("pin, ask for a split of the huge page, write: pin and page table agree", "C1");
SEEN_TO_FAIL("7.3-split-unmaps-pinned", "C1", "*-io_uring *-rdma *-odirect thp-gup_ro");
PATCHED("7.3-pin-skips-cow", "C1", "a pin for writing takes what is there", "thp_shared-*");
PATCHED("7.3-split-unmaps-pinned", "C1", "a pinned huge page is unmapped to be split",
	"*-io_uring *-rdma *-odirect thp-gup_ro");

VARIANT(thp, io_uring);
VARIANT(thp_pte, io_uring);
VARIANT(thp_shared, io_uring);
VARIANT(thp, rdma);
VARIANT(thp, odirect);
VARIANT(thp_pte, odirect);
VARIANT(thp, gup_ro);

TEST_F(scene, split_pin)
{
	pin(self);
	thp_split(self, FROM_OUTSIDE);
	cpu_write(self, PARENT);
	device_write(self);
}
