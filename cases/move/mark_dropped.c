// SPDX-License-Identifier: GPL-2.0-only
/*
 * P: write-protect; UFFDIO_MOVE to where nobody registered for write-protect,
 * and back. The page arrives without its mark on either side: what MOVE means
 * for the mark of its source is defined nowhere, and a patch that refused it
 * was dropped (<20260409152822.1073083-1-gourry@gourry.net>).	(C3, C4)
 */
#include "case.h"

OBSERVATION("UFFDIO_MOVE of a write-protected page: the mark does not move along", "C3 C4");
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
