// SPDX-License-Identifier: GPL-2.0-only
/*
 * Memory that was written, and went to swap, and came back by a read: where swap is a disk it keeps
 * its slot, and its entry in the page table may be written and is clean (do_swap_page()). A pin that
 * the page table lets through marks neither, so whoever pinned it must mark the page dirty when a
 * device has written to it (pin_user_pages.rst). Otherwise reclaim takes what is in the slot for
 * what was in memory.
 */
#include "case.h"

CASE("swap out, read back, pin, device write, unpin, reclaim: what the device wrote is there",
     "C1");
SWAP_AS_ON_A_DISK;
SEEN_TO_FAIL("6.12 6.16 7.3", "C1", "*-io_uring *-io_uring_slot *-io_uring_clone");
SEEN_TO_FAIL("7.2 7.3", "C1", "*-io_uring_zcrx");
SEEN_TO_FAIL("7.3-bio-end-stays-clean", "C1", "*-odirect");
NOT_SEEN_TO_FAIL("controls: these mark dirty what they give back", "*-rdma *-xdp");
BROKEN_BY("io-uring-pins-clean", "*-io_uring *-io_uring_slot *-io_uring_clone");
BROKEN_BY("zcrx-never-dirties", "*-io_uring_zcrx");
VARIANTS("anon", "io_uring io_uring_slot io_uring_clone io_uring_zcrx rdma odirect xdp");

TEST_F(scene, read_back_unpinned)
{
	pageout(self, true);
	cpu_read(self, PARENT);
	in_swap_cache(self);
	pin(self);
	device_write(self);
	cpu_read(self, PARENT);
	unpin(self);
	pageout(self, true);
	cpu_read(self, PARENT);
}
