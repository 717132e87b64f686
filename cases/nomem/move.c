// SPDX-License-Identifier: GPL-2.0-only
/*
 * UFFDIO_MOVE takes one page after the other, and needs page tables for them, or splits a huge page.
 * It says how much it has moved: that is there, and all else is here.
 */
#include "case.h"

CASE("each allocation of UFFDIO_MOVE fails in turn: pages are here or there", "C0 C7 C8");
NOT_SEEN_TO_FAIL("no kernel is to be had that loses anything when memory runs out in it", "*");
VARIANTS("anon thp thp_pte mthp swapped", "none");

TEST_F(scene, move)
{
	while (failure_round(self)) {
		failing(self, &act_move_all);
		cpu_write(self, PARENT);
	}
}
