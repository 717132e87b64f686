// SPDX-License-Identifier: GPL-2.0-only
/*
 * A huge page that cannot be had, or not be filled, leaves the small ones as they were.
 */
#include "case.h"

CASE("each allocation of MADV_COLLAPSE fails in turn: nothing is lost", "C0 C3 C8");
NOT_SEEN_TO_FAIL("no kernel was made yet that loses anything when memory runs out in it", "*");
VARIANTS("small_2m thp_pte", "none");

TEST_F(scene, collapse)
{
	while (failure_round(self)) {
		failing(self, &act_collapse);
		cpu_write(self, PARENT);
		thp_split(self, FROM_OUTSIDE);
	}
}
