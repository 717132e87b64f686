// SPDX-License-Identifier: GPL-2.0-only
/*
 * A write-protected PMD is split because one page of it is unprotected. The others must
 * keep the uffd-wp bit, also if it is the huge zero page.
 */
#include "case.h"

CASE("write-protect a PMD, unprotect one page: the others keep the uffd-wp bit", "C3 C4 C5");
SEEN_TO_FAIL("7.3-split-forgets-wp", "C4", "*");
VARIANTS("thp zero_huge", "none");

TEST_F(scene, split_unwp)
{
	wp(self);
	unwp_pages(self, PAGE(1));
	marks_stay(self);
	cpu_write_pages(self, PARENT, PAGE(1));
	write_under_wp(self, 0, UNPROTECT);
	mprotect_ro_pages(self, PAGE(2));
	mprotect_rw(self);
	write_under_wp(self, 2, UNPROTECT);
}
