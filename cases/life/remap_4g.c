// SPDX-License-Identifier: GPL-2.0-only
/*
 * 4 GiB of hugetlbfs are moved, of which two pages are there. How far it came, move_hugetlb_page_tables()
 * returned as an int: 0, and what had been moved was unmapped.
 */
#include "case.h"

CASE("mremap of 4 GiB of hugetlb memory: all of it is there", "C0 C8");
SEEN_TO_FAIL("6.1 6.16 6.17 6.18 6.19 7.0 7.1 7.2 7.3", "C0", "*");
BROKEN_BY("hugetlb-moved-short", "*");
VARIANTS("hugetlb", "none");

TEST_F(scene, remap_4g)
{
	remap_wide(self, 3, 0);
	remap_wide(self, 4, 0);
}
