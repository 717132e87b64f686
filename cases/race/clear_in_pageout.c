// SPDX-License-Identifier: GPL-2.0-only
/*
 * A page has just been unmapped to be swapped out, and a swap entry stands in its place. Its
 * soft-dirty bit is cleared there. What is written after that must be reported.
 */
#include "case.h"

CASE("soft-dirty: clear while pages are being swapped out, then write", "C9");
SEEN_TO_FAIL("7.3-write-forgets-soft-dirty", "C9", "*");
VARIANTS("anon", "none");

TEST_F(scene, clear_in_pageout)
{
	ledger_open(self, SOFT_DIRTY);
	ledger_clear(self);
	while (race_round(self)) {
		race(self, &act_pageout, UNMAPPED(0), &act_clear_refs);
		cpu_write(self, PARENT);
	}
}
