// SPDX-License-Identifier: GPL-2.0-only
/*
 * As move/mark_dropped, but the page is in swap. Here the uffd-wp bit does move along, to
 * memory that nobody registered for write-protect: move_swap_pte() takes the swap entry
 * as it is, including the bit.
 */
#include "case.h"

CASE("UFFDIO_MOVE of a write-protected page in swap: no uffd-wp bit moves along", "C3 C4");
SEEN_TO_FAIL("6.12", "C4", "*");
BROKEN_BY("move-takes-swapped-mark", "*");
VARIANTS("anon swapped", "none");

TEST_F(scene, mark_swapped)
{
	wp(self);
	pageout(self, true);
	uffd_move_away(self, 1);
	uffd_move_back(self, 1);
	cpu_write_pages(self, PARENT, PAGE(1));
}
