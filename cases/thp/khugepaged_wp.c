// SPDX-License-Identifier: GPL-2.0-only
/*
 * khugepaged makes a huge page of small ones, if it finds nothing in the way: a mark is. On 7.3 it
 * may make pages of 64 KiB as well.
 */
#include "case.h"

CASE("khugepaged scans memory of which a page is write-protected: it stays so", "C0 C3 C4");
SEEN_TO_FAIL("7.3-collapse-forgets-wp", "C4", "*");
VARIANTS("small_2m thp_pte", "none");

TEST_F(scene, khugepaged_wp)
{
	wp_pages(self, PAGE(1));
	khugepaged_scan(self);
	write_under_wp(self, 1, UNPROTECT);
	khugepaged_scan(self);
	cpu_write(self, PARENT);
}
