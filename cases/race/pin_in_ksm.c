// SPDX-License-Identifier: GPL-2.0-only
/*
 * KSM has locked a page that has a twin, and is about to make it read-only. A pin is taken
 * then. The page must not be merged, or the pin must be of what the process has in the end.
 */
#include "case.h"

CASE("pin a page that is about to be merged: pin and page table still agree", "C1 C2");
SEEN_TO_FAIL("7.3-ksm-merges-pinned", "C1", "*");
VARIANTS("anon", "io_uring");

TEST_F(scene, pin_in_ksm)
{
	pin(self);
	unpin(self);
	while (race_round(self)) {
		race(self, &act_ksm, WRITES(0, FLAGS), &act_pin);
		cpu_write(self, PARENT);
		device_write(self);
		unpin(self);
	}
}
