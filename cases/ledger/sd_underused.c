// SPDX-License-Identifier: GPL-2.0-only
/*
 * mremap() makes soft-dirty what it moves. Reclaim then splits the huge page and maps
 * the zero page where it has zeros: that is written still.		(C9)
 */
#include "case.h"

CASE("soft-dirty: mremap a huge page of zeros, let reclaim split it: all of it is new", "C9");
SEEN_TO_FAIL("6.16", "C9", "*");
BROKEN_BY_AS("underused-zero-forgets-bits", "C9", "*");

VARIANTS("thp_zeros", "none");

TEST_F(scene, sd_underused)
{
	ledger_open(self, SOFT_DIRTY);
	ledger_clear(self);
	remap(self, 0);
	ledger_moved(self);
	thp_underused(self);
	cpu_read(self, PARENT);
}
