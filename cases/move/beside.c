// SPDX-License-Identifier: GPL-2.0-only
/*
 * One page is pinned, and UFFDIO_MOVE moves the page next to it away and back. That page
 * moves with its content, and the pinned one must not be affected. Once it is unpinned it
 * may be moved as well, and a new pin must get the page that is there then.
 */
#include "case.h"

CASE("UFFDIO_MOVE next to a pinned page, and of that page once it is unpinned", "C1 C2 C7");
SEEN_TO_FAIL("7.3-move-one-too-many", "C7", "*");
VARIANTS("anon swapped", "io_uring");
VARIANTS("anon", "rdma rdma_ro none");

TEST_F(scene, beside)
{
	uffd_open(self, 0);
	pin_pages(self, PAGE(0));
	uffd_move_away(self, 1);
	uffd_move_back(self, 1);
	cpu_write(self, PARENT);
	device_write(self);
	unpin(self);
	uffd_move_away(self, 0);
	uffd_move_back(self, 0);
	pin(self);
	cpu_write(self, PARENT);
	device_write(self);
}
