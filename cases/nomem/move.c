// SPDX-License-Identifier: GPL-2.0-only
/*
 * UFFDIO_MOVE takes one page after the other, and needs page tables for them, or splits a huge page.
 * It says how much it has moved: all else is here still. Where it went is not looked at.
 */
#include "case.h"

CASE("each allocation of UFFDIO_MOVE fails in turn: what is not moved stays", "C0 C7 C8");
NOT_SEEN_TO_FAIL("no kernel was made yet that loses anything when memory runs out in it", "*");
VARIANTS("anon thp thp_pte mthp swapped", "none");

TEST_F(scene, move)
{
	while (failure_round(self)) {
		failing(self, &act_move_all);
		cpu_write(self, PARENT);
	}
}
