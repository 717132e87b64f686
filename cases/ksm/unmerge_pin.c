// SPDX-License-Identifier: GPL-2.0-only
/*
 * MADV_UNMERGEABLE of merged pages, some of which were pinned. The pin has already given
 * those a page of their own. The others must be unmerged, and the pin must stay with its
 * page.
 */
#include "case.h"

CASE("merged pages, pin some, unmerge, write", "C1 C2 C8");
SEEN_TO_FAIL("7.3-pin-skips-cow", "C1", "*");
VARIANTS("ksm", "io_uring rdma");

TEST_F(scene, unmerge_pin)
{
	pin_pages(self, PAGE(1));
	ksm_unmerge(self);
	cpu_write(self, PARENT);
	device_write(self);
}
