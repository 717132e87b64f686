// SPDX-License-Identifier: GPL-2.0-only
/*
 * One page of a huge page is pinned. The huge page cannot be split then. Its PMD can, by
 * munmap() of another page.
 */
#include "case.h"

CASE("pin one page of a huge page, try to split folio and PMD, write", "C1");
SEEN_TO_FAIL("7.3-split-unmaps-pinned", "C1", "*");
VARIANTS("thp thp_pte", "io_uring");
VARIANTS("thp", "rdma");

TEST_F(scene, split_partial_pin)
{
	pin_pages(self, PAGE(1));
	thp_split(self, FROM_OUTSIDE);
	thp_split(self, BY_MUNMAP);
	thp_split(self, FROM_OUTSIDE);
	cpu_write(self, PARENT);
	device_write(self);
}
