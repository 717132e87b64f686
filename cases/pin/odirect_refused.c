// SPDX-License-Identifier: GPL-2.0-only
/*
 * A read by O_DIRECT of a block is in pieces: the first is to where two pages meet, the second
 * to where nobody may write. Both pages were pinned by then, and less than a block is
 * nothing to read. So the pages are given back: of a large folio, only the first was.
 */
#include "case.h"

CASE("O_DIRECT to the border of two pages and to nowhere: refused, and nothing stays pinned", "C8");
SEEN_TO_FAIL("6.18 7.2 7.3", "C8", "thp-* thp_pte-* mthp-* hugetlb-*");
NOT_SEEN_TO_FAIL("two folios are given back one by one", "anon-none");
BROKEN_BY("odirect-keeps-pins", "thp-* thp_pte-* mthp-* hugetlb-*");
VARIANTS("thp thp_pte mthp hugetlb anon", "none");

TEST_F(scene, odirect_refused)
{
	odirect_refused(self, 0);
	cpu_write(self, PARENT);
}
