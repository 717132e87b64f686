// SPDX-License-Identifier: GPL-2.0-only
/*
 * A huge page fails that a device has pinned, and is free later. If the pool is made smaller then, the
 * page is memory like any other; but nobody must get the part of it that failed. Since 700d2e9a36b9
 * (v6.3) kernels with init_on_alloc, as Debian's are, look at what they give out; others, as those
 * built here, do not.
 */
#include "case.h"

CASE("a pinned huge page fails, is freed and leaves the pool: nobody gets what failed", "C8");
SEEN_TO_FAIL("6.1 7.3-faults", "C8", "*");
BROKEN_BY("hugetlb-failed-given-out", "*");
PATCHED("7.3-faults 7.3-faults-mend-punch-keeps-failure 7.3-faults-mend-failure-stays-mapped", "C8",
	"*");
VARIANTS("hugetlb", "io_uring rdma");

TEST_F(scene, pinned_shrunk)
{
	pin(self);
	memory_fails(self, 1);
	unpin(self);
	drop_pages(self, PAGE(1));
	hugepages_anew(self);
}
