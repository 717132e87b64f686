// SPDX-License-Identifier: GPL-2.0-only
/*
 * A huge page fails that a device has pinned, so it cannot be taken out of the pool at once. When it is
 * free nobody gets it any more: then it must not be set aside for anybody, either.
 */
#include "case.h"

CASE("a pinned huge page fails and is freed: it is not set aside for a mapping", "C0");
SEEN_TO_FAIL("6.1 6.12 6.18 7.3", "C0", "*");
BROKEN_BY("hugetlb-failed-counts-free", "*");
VARIANTS("hugetlb", "io_uring rdma");

TEST_F(scene, pinned_reserved)
{
	pin(self);
	memory_fails(self, 1);
	unpin(self);
	drop_pages(self, PAGE(1));
	hugepages_kept(self);
}
