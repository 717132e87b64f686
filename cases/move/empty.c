// SPDX-License-Identifier: GPL-2.0-only
/*
 * As move/all, where nothing is at all, not even a page table: a huge page was dropped. With
 * MODE_ALLOW_SRC_HOLES that is moved, too, and what is written afterwards stays.
 */
#include "case.h"

CASE("UFFDIO_MOVE of memory without a page table: done, and it stays empty", "C0 C7");
SEEN_TO_FAIL("7.3-move-refuses-empty", "C7", "*");
VARIANTS("thp", "none");

TEST_F(scene, empty)
{
	uffd_open(self, 0);
	drop_pages(self, ALL_PAGES);
	uffd_move_all_away(self);
	cpu_write(self, PARENT);
}
