// SPDX-License-Identifier: GPL-2.0-only
/*
 * MADV_COLD of one page of a huge page splits it, or its mapping, as reclaim does. All its
 * small pages must stay write-protected, and each write must be noticed; the page that is
 * pinned stays where it is.
 */
#include "case.h"

CASE("MADV_COLD of a part of a huge page: the uffd-wp bits and the pin stay", "C1 C3 C4");
SEEN_TO_FAIL("7.3-split-forgets-wp", "C4", "thp-*");
NOT_SEEN_TO_FAIL("there is no huge mapping to split", "mthp-none");
VARIANTS("thp", "none io_uring");
VARIANTS("mthp", "none");

TEST_F(scene, cold_wp)
{
	pin(self);
	wp(self);
	give_hint(self, COLD, PAGE(1));
	write_under_wp(self, 1, UNPROTECT);
	write_under_wp(self, 0, UNPROTECT);
	unwp(self);
	give_hint(self, COLD, ALL_PAGES);
	cpu_write(self, PARENT);
	device_write(self);
}
