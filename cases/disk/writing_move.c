// SPDX-License-Identifier: GPL-2.0-only
/*
 * A page is being written to swap, and UFFDIO_MOVE takes its swap entry to another place. The page in the
 * swap cache must go with it (c50f8e6053b0).
 */
#include "case.h"

CASE("UFFDIO_MOVE of a page that is being written to swap: it is moved", "C1 C7");
SWAP_AS_ON_A_DISK;
SEEN_TO_FAIL("6.12 6.18 7.2 7.3", "C7", "thp-* thp_pte-*");
NOT_SEEN_TO_FAIL("c50f8e6053b0 is older than all kernels here", "anon-*");
BROKEN_BY("move-refuses-writing", "thp-* thp_pte-*");
VARIANTS("anon thp thp_pte", "none");

TEST_F(scene, writing_move)
{
	feature_needed(self, F_UFFD_MOVE);
	disk_stops(self);
	pageout(self, true);
	being_written(self);
	uffd_move_away(self, 0);
	cpu_write(self, PARENT);
	disk_goes(self);
	cpu_write(self, PARENT);
}
