// SPDX-License-Identifier: GPL-2.0-only
/*
 * PAGEMAP_SCAN is asked to write-protect hugetlb memory that is not populated. It must
 * end, and a write after it must be reported. To protect such memory it took a lock that
 * it already held, and slept forever.
 */
#include "case.h"

CASE("WP_ASYNC: clear hugetlb memory that is not populated, then write", "C8 C9");
SEEN_TO_FAIL("6.16 6.18", "C8", "*");
BROKEN_BY("scan-deadlocks", "*");
VARIANTS("hugetlb", "none");

TEST_F(scene, wa_scan_huge_hole)
{
	hole_make(self);
	hole_clear(self);
	hole_write(self);
	hole_reported(self);
}
