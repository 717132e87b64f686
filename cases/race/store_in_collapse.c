// SPDX-License-Identifier: GPL-2.0-only
/*
 * MADV_COLLAPSE has looked at small pages, found that they may become a huge one, and charges
 * it to a cgroup, without a lock. A thread writes to them then.
 */
#include "case.h"

CASE("write to memory that is about to be collapsed: nothing is lost", "C0");
SEEN_TO_FAIL("7.3-collapse-copies-early", "C0", "*");
VARIANTS("small_2m", "none");

TEST_F(scene, store_in_collapse)
{
	while (race_round(self)) {
		race(self, &act_collapse, AT("__mem_cgroup_charge"), &act_store);
		cpu_write(self, PARENT);
		thp_split(self, FROM_OUTSIDE);
	}
}
