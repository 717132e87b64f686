// SPDX-License-Identifier: GPL-2.0-only
/*
 * MADV_COLLAPSE has looked at small pages, found that they may become a huge one, and charges
 * it to a cgroup, without a lock. PAGEMAP_SCAN clears what is reported as written. What is
 * written after that must be reported again.
 */
#include "case.h"

CASE("WP_ASYNC: scan and clear memory that is about to be collapsed, then write", "C9");
NOT_SEEN_TO_FAIL("7.3-windows-collapse-forgets-wp does not lose it: what is not marked is reported",
		 "*");
VARIANTS("small_2m", "none");

TEST_F(scene, scan_in_collapse)
{
	ledger_open(self, WP_ASYNC);
	ledger_clear(self);
	while (race_round(self)) {
		cpu_write(self, PARENT);
		unwp(self);
		race(self, &act_collapse, AT("__mem_cgroup_charge"), &act_scan);
		cpu_write(self, PARENT);
		thp_split(self, FROM_OUTSIDE);
	}
}
