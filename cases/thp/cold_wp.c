// SPDX-License-Identifier: GPL-2.0-only
/*
 * MADV_COLD of one page of a huge page splits it, or its mapping, as reclaim does. All its
 * small pages must stay write-protected, and each write must be noticed; the page that is
 * pinned stays where it is. A huge page that is pinned cannot be split, but its mapping is,
 * and from then on 5.10 reuses by page_count(), not by mapcount.
 */
#include "case.h"

CASE("MADV_COLD of a part of a huge page: the uffd-wp bits and the pin stay", "C1 C3 C4");
SEEN_TO_FAIL("5.10", "C1", "thp-io_uring");
SEEN_TO_FAIL("7.3-split-forgets-wp", "C4", "thp-*");
NOT_SEEN_TO_FAIL("there is no huge mapping to split", "mthp-none");
BROKEN_BY("copies-exclusive", "thp-io_uring");
PATCHED("5.10-mapcount", "pass", "thp-io_uring");
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
