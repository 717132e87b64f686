// SPDX-License-Identifier: GPL-2.0-only
/*
 * After MADV_FREE, reclaim may drop a page while it is clean, but not while it is pinned:
 * a write by the device leaves no trace in the page table, and must survive reclaim.
 */
#include "case.h"

CASE("MADV_FREE of pinned pages, a device write, reclaim: nothing is lost", "C1");
SEEN_TO_FAIL("7.3-lazyfree-takes-pinned", "C0",
	     "*-io_uring_clone *-rdma anon-io_uring thp-* thp_pte-* mthp-* swapped-*");
SEEN_TO_FAIL("7.3-lazyfree-takes-pinned", "C1", "zero-io_uring anon-odirect");
VARIANTS("ANON zero mthp swapped", "io_uring");
VARIANTS("anon", "io_uring_clone odirect");
VARIANTS("anon thp", "rdma");

TEST_F(scene, lazyfree_pinned)
{
	pin(self);
	lazyfree(self);
	pageout(self, false);
	device_write(self);
	pageout(self, false);
	cpu_write(self, PARENT);
}
