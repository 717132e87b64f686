// SPDX-License-Identifier: GPL-2.0-only
/*
 * P: pin the first page of a huge page; UFFDIO_MOVE another one of it. The
 * pin is one of the whole, so this is refused as well, and ended as little
 * (see move/pinned).						(C1, C7)
 */
#include "case.h"

CASE("UFFDIO_MOVE of a part of a huge page of which another part is pinned: EBUSY", "C1 C7");
SEEN_TO_FAIL("7.3-move-retries-split", "C7", "*");
SEEN_TO_FAIL("6.16", "C7", "*");
BROKEN_BY("move-splits-forever", "*");

VARIANTS("thp", "vmsplice");

TEST_F(scene, pinned_part)
{
	pin_pages(self, PAGE(0));
	uffd_move_refused(self, PAGE(1));
	cpu_write(self, PARENT);
}
