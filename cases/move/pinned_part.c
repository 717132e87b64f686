// SPDX-License-Identifier: GPL-2.0-only
/*
 * The first page of a huge page is pinned, and UFFDIO_MOVE asks for another one. The pin
 * holds the huge page as a whole, so this must fail with EBUSY, too. It used to retry
 * forever as well (see move/pinned).
 */
#include "case.h"

CASE("UFFDIO_MOVE out of a huge page of which another page is pinned: EBUSY", "C1 C7");
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
