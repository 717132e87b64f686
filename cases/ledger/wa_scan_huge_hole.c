// SPDX-License-Identifier: GPL-2.0-only
/*
 * PAGEMAP_SCAN of hugetlb memory where nothing is: to protect it, it asked for a
 * lock that it had, and slept for ever (until 6.12.97, 7.2).		(C8, C9)
 */
#include "case.h"

CASE("WP_ASYNC: clear huge pages that are not there yet, then write", "C8 C9");
SEEN_TO_FAIL("6.16 6.18", "C8", "*");
BROKEN_BY("scan-deadlocks", "*");

VARIANTS("hugetlb", "none");

TEST_F(scene, wa_scan_huge_hole)
{
	ledger_clear_huge_hole(self);
}
