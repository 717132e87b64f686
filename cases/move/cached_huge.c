// SPDX-License-Identifier: GPL-2.0-only
/*
 * A huge page goes to a disk in one piece, and is in the swap cache until its frame is taken. Nothing
 * maps it, nobody else has it and nothing pins it: it can be moved, and comes back from swap at
 * its new place.
 */
#include "case.h"

CASE("swap out a huge page to a disk, UFFDIO_MOVE of a page of it: it is moved", "C1 C7");
SWAP_AS_ON_A_DISK;
SEEN_TO_FAIL("7.3", "C7", "*");
BROKEN_BY("move-refuses-cached", "*");
VARIANTS("thp thp_pte", "none");

TEST_F(scene, cached_huge)
{
	pageout(self, true);
	uffd_move_away(self, 0);
	cpu_write(self, PARENT);
}
