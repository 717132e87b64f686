// SPDX-License-Identifier: GPL-2.0-only
/*
 * MADV_UNMERGEABLE of merged pages, some of which have been pinned and so are apart
 * already: the others follow, and the pin stays with its page.	(C1, C2, C8)
 */
#include "case.h"

CASE("merged pages, pin some, unmerge, write", "C1 C2 C8");

VARIANT(ksm, io_uring);
VARIANT(ksm, rdma);

TEST_F(scene, unmerge_pin)
{
	pin_pages(self, PAGE(1));
	ksm_unmerge(self);
	cpu_write(self, PARENT);
	device_write(self);
}
