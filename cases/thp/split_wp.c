// SPDX-License-Identifier: GPL-2.0-only
/*
 * A write-protected huge page is split, including its folio. Every page of it must have
 * the uffd-wp bit.
 */
#include "case.h"

CASE("write-protect, split the huge page: each page keeps the uffd-wp bit", "C3 C4");
SEEN_TO_FAIL("7.3-split-forgets-wp", "C4", "thp-none");
VARIANTS("thp", "none");

TEST_F(scene, split_wp)
{
	wp(self);
	thp_split(self, FROM_OUTSIDE);
	marks_stay(self);
	write_under_wp(self, 1, UNPROTECT);
	write_under_wp(self, 2, UNPROTECT);
}
