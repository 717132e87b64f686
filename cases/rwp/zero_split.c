// SPDX-License-Identifier: GPL-2.0-only
/*
 * The huge zero page is protected, and one page of it unprotected: it is split. All entries
 * but that one must stay inaccessible.
 */
#include "case.h"

CASE("read-and-write protect the huge zero page, unprotect a part: the rest is protected", "C3 C4");
SEEN_TO_FAIL("7.3-zero-split-forgets-rwp", "C3", "*");
VARIANTS("zero_huge", "none");

TEST_F(scene, zero_split)
{
	uffd_open(self, FOR_RWP);
	wp(self);
	unwp_pages(self, PAGE(1));
	marks_stay(self);
	read_under_rwp(self, PARENT, 0);
	write_under_wp(self, 2, UNPROTECT);
}
