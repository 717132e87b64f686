// SPDX-License-Identifier: GPL-2.0-only
/*
 * MADV_COLLAPSE has looked at small pages, found that they may become a huge one, and charges
 * it to a cgroup, without a lock. A pin is taken then, and must be seen.
 */
#include "case.h"

CASE("pin memory that is about to be collapsed: pin and page table still agree", "C1 C7");
SEEN_TO_FAIL("7.3-windows-collapse-takes-pinned", "C1", "*");
VARIANTS("small_2m", "io_uring");

TEST_F(scene, pin_in_collapse)
{
	pin(self);
	unpin(self);
	while (race_round(self)) {
		race(self, &act_collapse, AT("__mem_cgroup_charge"), &act_pin);
		cpu_write(self, PARENT);
		device_write(self);
		unpin(self);
		thp_split(self, FROM_OUTSIDE);
	}
}
