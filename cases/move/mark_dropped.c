// SPDX-License-Identifier: GPL-2.0-only
/*
 * UFFDIO_MOVE of a write-protected page, to memory that nobody registered for
 * write-protect, and back. The page arrives without its uffd-wp bit both times. What MOVE
 * does with the uffd-wp bit of its source is not defined anywhere. A patch that made it
 * refuse such pages was dropped (<20260409152822.1073083-1-gourry@gourry.net>).
 */
#include "case.h"

OBSERVATION("UFFDIO_MOVE of a write-protected page: the uffd-wp bit does not move along", "C3 C4");
SEEN_TO_FAIL("7.3-move-keeps-wp", "C4", "*");
VARIANTS("ANON", "none");

TEST_F(scene, mark_dropped)
{
	wp(self);
	uffd_move_away(self, 1);
	uffd_move_back(self, 1);
	cpu_write_pages(self, PARENT, PAGE(1));
	write_under_wp(self, 0, UNPROTECT);
}
