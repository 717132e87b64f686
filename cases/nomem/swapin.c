// SPDX-License-Identifier: GPL-2.0-only
/*
 * What is swapped out needs memory to come back. Without it the fault is made again, and it comes with
 * its mark.
 */
#include "case.h"

CASE("each allocation of a swap-in fails in turn: the fault is made again", "C0 C3 C4");
NOT_SEEN_TO_FAIL("no kernel was made yet that loses anything when memory runs out in it", "*");
VARIANTS("anon thp", "none");

TEST_F(scene, swapin)
{
	wp(self);
	while (failure_round(self)) {
		pageout(self, true);
		failing(self, &act_read);
		marks_stay(self);
	}
	write_under_wp(self, 1, UNPROTECT);
}
