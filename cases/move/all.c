// SPDX-License-Identifier: GPL-2.0-only
/*
 * UFFDIO_MOVE of all pages in one call, as a monitor evicts memory. One page is not there,
 * which MODE_ALLOW_SRC_HOLES permits: it stays a hole, and the pages on both sides of it
 * must arrive with their content, there and back. Pages side by side are moved in one
 * batch.
 */
#include "case.h"

CASE("UFFDIO_MOVE of pages with a hole between them: pages and hole arrive as such", "C0 C2 C7");
SEEN_TO_FAIL("7.3-move-skips-after-hole", "C7", "*");
VARIANTS("anon swapped thp mthp", "none");

TEST_F(scene, all)
{
	uffd_open(self, 0);
	drop_pages(self, PAGE(1));
	uffd_move_all_away(self);
	uffd_move_all_back(self);
	cpu_write(self, PARENT);
}
