// SPDX-License-Identifier: GPL-2.0-only
/*
 * A page in swap is counted by those who have it. The counter has a few bits (62 before
 * v7.1, 14 since), and the rest is kept elsewhere. With more children than that each must
 * still see what it inherited, whatever the parent writes and whoever lets go first.
 */
#include "case.h"

CASE("swap out, 70 children: each sees what it inherited", "C0 C2 C8");
SEEN_TO_FAIL("7.3-swap-count-saturates", "C8", "*");
VARIANTS("anon swapped", "none");

TEST_F(scene, many_swapped)
{
	pageout(self, true);
	fork_many(self, 70);
	cpu_write_pages(self, PARENT, PAGE(0));
	many_look(self);
	cpu_write(self, PARENT);
}
