// SPDX-License-Identifier: GPL-2.0-only
/*
 * P: pin a page; UFFDIO_MOVE the one beside it away and back. That one goes
 * with its content, and the pinned one does not notice. Unpinned, it may go
 * as well; and a new pin gets what is there then.		(C1, C2, C7)
 */
#include "case.h"

CASE("UFFDIO_MOVE beside a pinned page, and of it once it is unpinned", "C1 C2 C7");
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
