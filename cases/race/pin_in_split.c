// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reclaim splits a huge page, one page of which was given up. It has locked it, and is about to
 * unmap it. A pin is taken then. Either it keeps the huge page as it is, or it waits for its
 * parts.
 */
#include "case.h"

CASE("pin a huge page that is about to be split: pin and page table still agree", "C1 C7");
SEEN_TO_FAIL("7.3-split-unmaps-pinned", "C1", "*");
VARIANTS("thp", "io_uring");

TEST_F(scene, pin_in_split)
{
	pin(self);
	unpin(self);
	while (race_round(self)) {
		race(self, &act_reclaim_split, WRITES(0, FLAGS), &act_pin);
		cpu_write(self, PARENT);
		device_write(self);
		unpin(self);
		thp_collapse(self);
	}
}
