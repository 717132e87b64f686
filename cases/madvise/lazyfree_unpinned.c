// SPDX-License-Identifier: GPL-2.0-only
/*
 * MADV_FREE of pinned memory, then the device writes, then the memory is unpinned. A
 * device's write cancels MADV_FREE like any other write, if whoever unpins tells the
 * kernel that the page is dirty, as pin_user_pages.rst requires. ib_umem_release() and
 * the block layer do that. io_uring does not: for reclaim its pages are clean, and what
 * the device wrote is dropped.
 */
#include "case.h"

CASE("MADV_FREE, device write, unpin, reclaim: what the device wrote is still there", "C1");
SEEN_TO_FAIL("7.2 7.3", "C1", "*-io_uring_zcrx");
SEEN_TO_FAIL("7.3", "C1", "*-io_uring *-io_uring_slot *-io_uring_clone");
NOT_SEEN_TO_FAIL("what an MR gives back it marks dirty: the control", "anon-rdma");
SEEN_TO_FAIL("7.3-bio-end-stays-clean", "C1", "anon-odirect*");
BROKEN_BY("zcrx-never-dirties", "*-io_uring_zcrx");
BROKEN_BY("io-uring-never-dirties", "*-io_uring *-io_uring_slot *-io_uring_clone");
VARIANTS("anon", "io_uring_zcrx");
VARIANTS("anon thp mthp", "io_uring");
VARIANTS("anon", "io_uring_slot io_uring_clone rdma odirect odirect_bytes");

TEST_F(scene, lazyfree_unpinned)
{
	pin(self);
	lazyfree(self);
	device_write(self);
	unpin(self);
	pageout(self, false);
	cpu_read(self, PARENT);
	cpu_write(self, PARENT);
}
