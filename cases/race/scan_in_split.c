// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reclaim splits a huge page, one page of which was given up. It has just been unmapped, and
 * migration entries stand in its place. PAGEMAP_SCAN clears what is reported as written. What is
 * written after that must be reported again.
 */
#include "case.h"

CASE("WP_ASYNC: scan and clear while a huge page is being split, then write", "C9");
SEEN_TO_FAIL("7.3-async-write-keeps-mark", "C9", "*");
VARIANTS("thp", "none");

TEST_F(scene, scan_in_split)
{
	while (race_round(self)) {
		ledger_open(self, WP_ASYNC);
		ledger_clear(self);
		cpu_write(self, PARENT);
		race(self, &act_reclaim_split, UNMAPPED(0), &act_scan);
		cpu_write(self, PARENT);
		/* What is registered, and has a hole, is not collapsed. */
		close_uffd(self);
		dontneed(self, PARENT, ALL_PAGES);
		cpu_write(self, PARENT);
		thp_collapse(self);
	}
}
