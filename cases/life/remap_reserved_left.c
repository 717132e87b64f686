// SPDX-License-Identifier: GPL-2.0-only
/* What is set aside for huge pages that nobody has touched is given back with their mapping. */
#include "case.h"

CASE("private huge pages that are set aside, move one of them, exit: nothing stays set aside",
     "C8");
SEEN_TO_FAIL("7.3", "C8", "*");
BROKEN_BY("hugetlb-part-moved", "*");
VARIANTS("hugetlb_untouched", "none");

TEST_F(scene, remap_reserved_left)
{
	remap_page(self, 0);
}
