// SPDX-License-Identifier: GPL-2.0-only
/*
 * UFFDIO_COPY makes one page after the other, and says how much it has made: that is there. That all
 * else is missing still is not looked at.
 */
#include "case.h"

CASE("each allocation of UFFDIO_COPY fails in turn: what it says it made is there", "C0 C4");
NOT_SEEN_TO_FAIL("no kernel was made yet that says more than it has made", "*");
VARIANTS("anon hugetlb", "none");

TEST_F(scene, copy)
{
	uffd_open(self, WITH_MISSING);
	while (failure_round(self)) {
		drop_pages(self, ALL_PAGES);
		failing(self, &act_copy_all);
	}
}
