// SPDX-License-Identifier: GPL-2.0-only
/*
 * swapoff() waits until the disk has read a page, which is locked in the swap cache for so long.
 * UFFDIO_MOVE waits for that, too, and finds the page where it has come to.
 */
#include "case.h"

CASE("UFFDIO_MOVE while swapoff() waits for the disk: it is moved, and said to be", "C0 C7");
SWAP_AS_ON_A_DISK;
SEEN_TO_FAIL("6.18", "C7", "*");
BROKEN_BY("move-says-exists", "*");
VARIANTS("anon", "none");

TEST_F(scene, move_in_swapoff)
{
	while (race_round(self)) {
		only_in_swap(self);
		race(self, &act_swapoff, WAITS_FOR_DISK, &act_move);
		cpu_write(self, PARENT);
	}
}
