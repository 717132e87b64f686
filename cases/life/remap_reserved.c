// SPDX-License-Identifier: GPL-2.0-only
/*
 * Huge pages are set aside for a private mapping when it is made, so that a fault finds one. mremap()
 * of a part gives over what is set aside for it, and the rest keeps what is its own.
 */
#include "case.h"

CASE("private huge pages that are set aside, move one of them, touch all while no other is free",
     "C0 C8");
SEEN_TO_FAIL("7.3", "C0", "*");
BROKEN_BY_AS("hugetlb-part-moved", "C0", "*");
VARIANTS("hugetlb_untouched", "none");

TEST_F(scene, remap_reserved)
{
	remap_page(self, 0);
	cpu_write_without_hugepages(self);
}
