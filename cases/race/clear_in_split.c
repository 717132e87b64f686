// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reclaim splits a huge page, one page of which was given up. It has just been unmapped, and
 * migration entries stand in its place. clear_refs clears their soft-dirty bits. What is
 * written after that must be reported.
 *
 * As for pages that are on their way to another node (ledger/sd_clear_migrating): the entry
 * stays writable.
 */
#include "case.h"

CASE("soft-dirty: clear while a huge page is being split, then write", "C9");
SEEN_TO_FAIL("6.1 6.12 7.3", "C9", "*");
BROKEN_BY("split-entry-stays-writable", "*");
VARIANTS("thp", "none");

TEST_F(scene, clear_in_split)
{
	ledger_open(self, SOFT_DIRTY);
	ledger_clear(self);
	while (race_round(self)) {
		race(self, &act_reclaim_split, RETURN("try_to_migrate_one", "try_to_unmap_one"),
		     &act_clear_refs);
		cpu_write(self, PARENT);
		thp_collapse(self);
	}
}
