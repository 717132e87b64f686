// SPDX-License-Identifier: GPL-2.0-only
/*
 * A page is being written to swap, and has its swap entry already. Where it must not change until it is
 * written it comes back read-only, and not exclusive: a pin then takes a copy of it.
 */
#include "case.h"

CASE("pin a page that is being written to swap: pin and page table agree", "C1");
SWAP_AS_ON_A_DISK;
SEEN_TO_FAIL("7.3-no-unshare", "C1", "*-rdma_ro");
NOT_SEEN_TO_FAIL("what is pinned to be written to is copied first, on every kernel here",
		 "*-io_uring *-rdma *-xdp");
VARIANTS("anon", "io_uring rdma rdma_ro xdp");

TEST_F(scene, writing_pin)
{
	disk_stops(self);
	pageout(self, true);
	being_written(self);
	pin(self);
	cpu_write(self, PARENT);
	device_write(self);
	disk_goes(self);
	cpu_write(self, PARENT);
	device_write(self);
	unpin(self);
	pageout(self, true);
	cpu_read(self, PARENT);
}
