// SPDX-License-Identifier: GPL-2.0-only
/*
 * mremap() makes the memory that it moves soft-dirty. Then reclaim splits the huge page
 * and maps the zero page where it contains zeros. Those pages must still be reported as
 * written.
 */
#include "case.h"

CASE("soft-dirty: mremap a huge page of zeros, reclaim splits it: all is soft-dirty", "C9");
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
