// SPDX-License-Identifier: GPL-2.0-only
/* UFFDIO_MOVE takes what is swapped out as it is. What is in a device is nearer. */
#include "case.h"

CASE("to a device, UFFDIO\\_MOVE: it is moved", "C7");
SEEN_TO_FAIL("7.3-hmm", "C7", "*");
BROKEN_BY("move-refuses-device", "*");
VARIANTS("anon thp", "none");

TEST_F(scene, move)
{
	uffd_open(self, 0);
	to_device(self, ALL_PAGES);
	uffd_move_away(self, 1);
	uffd_moved_stays(self, 1);
}
