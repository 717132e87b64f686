// SPDX-License-Identifier: GPL-2.0-only
/*
 * MADV_DONTNEED gives up huge pages of a private mapping. What was set aside for it is so again
 * (df7a6d1f6405, v6.9): who writes there later finds a page even if no other is free.
 */
#include "case.h"

CASE("give up private huge pages: they are set aside for their mapping again", "C0 C8");
SEEN_TO_FAIL("6.1", "C0", "*");
BROKEN_BY("hugetlb-dropped-unreserved", "*");
VARIANTS("hugetlb", "none");

TEST_F(scene, reserved_dropped)
{
	drop_pages(self, ALL_PAGES);
	cpu_write_without_hugepages(self);
}
