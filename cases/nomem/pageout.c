// SPDX-License-Identifier: GPL-2.0-only
/*
 * Swap-out without memory for what it needs leaves pages in memory, or swapped: with their marks.
 */
#include "case.h"

CASE("each allocation of MADV_PAGEOUT fails in turn: nothing is lost", "C0 C3 C4 C8");
NOT_SEEN_TO_FAIL("no kernel was made yet that loses anything when memory runs out in it", "*");
VARIANTS("anon thp", "none");

TEST_F(scene, pageout)
{
	wp(self);
	while (failure_round(self)) {
		failing(self, &act_pageout);
		marks_stay(self);
		cpu_read(self, PARENT);
	}
	write_under_wp(self, 1, UNPROTECT);
}
