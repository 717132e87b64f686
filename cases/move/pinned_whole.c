// SPDX-License-Identifier: GPL-2.0-only
/*
 * UFFDIO_MOVE of a whole pinned area in one call must fail with EBUSY, and nothing may
 * move, not even the first page.
 */
#include "case.h"

CASE("UFFDIO_MOVE of a pinned area as a whole: EBUSY, and nothing moves", "C1 C7");
SEEN_TO_FAIL("7.3-move-takes-pinned", "C7", "anon-*");
SEEN_TO_FAIL("7.3-move-takes-pinned-thp", "C7", "thp-io_uring thp-rdma");
VARIANTS("thp anon", "io_uring rdma");

TEST_F(scene, pinned_whole)
{
	pin(self);
	uffd_move_refused(self, ALL_PAGES);
	cpu_write(self, PARENT);
	device_write(self);
}
