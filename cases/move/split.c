// SPDX-License-Identifier: GPL-2.0-only
/*
 * A huge page was pinned and has been unpinned. Nothing holds it together any more:
 * UFFDIO_MOVE splits it, the page moves away and back, and a new pin must get the page
 * that is there then.
 */
#include "case.h"

CASE("pin, unpin, UFFDIO_MOVE out of a huge page: it moves, and the next pin agrees", "C1 C7");
SEEN_TO_FAIL("7.3-move-refuses-part", "C7", "*");
VARIANTS("thp thp_pte mthp thp_remapped", "io_uring");
VARIANTS("thp", "rdma none");

TEST_F(scene, split)
{
	uffd_open(self, 0);
	pin(self);
	unpin(self);
	uffd_move_away(self, 1);
	uffd_move_back(self, 1);
	pin(self);
	cpu_write(self, PARENT);
	device_write(self);
}
