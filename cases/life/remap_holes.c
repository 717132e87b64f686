// SPDX-License-Identifier: GPL-2.0-only
/*
 * Memory of hugetlbfs that has no page in its first GiB is moved to another offset within a GiB. What
 * skips a page table that is not there must go as far at the new place as at the old one.
 */
#include "case.h"

CASE("mremap of hugetlb memory with a hole in it: what is behind the hole is there", "C0 C8");
SEEN_TO_FAIL("6.16 6.17 6.18 6.19 7.0 7.1", "C0", "*");
BROKEN_BY("hugetlb-moved-askew", "*");
VARIANTS("hugetlb", "none");

TEST_F(scene, remap_holes)
{
	remap_wide(self, 2, 0);
	remap_wide(self, 2, 256);
}
