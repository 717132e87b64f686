// SPDX-License-Identifier: GPL-2.0-only
/*
 * MADV_COLLAPSE has looked at small pages, found that they may become a huge one, and charges
 * it to a cgroup, without a lock. Their soft-dirty bits are cleared then. What is written after
 * that must be reported.
 */
#include "case.h"

CASE("soft-dirty: clear memory that is about to be collapsed, then write", "C9");
SEEN_TO_FAIL("7.3-windows-collapse-forgets-soft-dirty", "C9", "*");
VARIANTS("small_2m", "none");

TEST_F(scene, clear_in_collapse)
{
	ledger_open(self, SOFT_DIRTY);
	ledger_clear(self);
	while (race_round(self)) {
		race(self, &act_collapse, AT("__mem_cgroup_charge"), &act_clear_refs);
		cpu_write(self, PARENT);
		thp_split(self, FROM_OUTSIDE);
	}
}
