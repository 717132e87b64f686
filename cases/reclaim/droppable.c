// SPDX-License-Identifier: GPL-2.0-only
/*
 * MAP_DROPPABLE memory is never written to swap: under pressure its pages are dropped, written or
 * not, and are zeros from then on (9651fcedf7b9, v6.11). try_to_unmap_one() does so only if nobody
 * else holds the page: a pin and its page stay together. Children find zeros.
 */
#include "case.h"

CASE("page out droppable memory: pinned it stays, unpinned it is zeros, and a child's is its own",
     "C0 C1 C2");
SEEN_TO_FAIL("7.3-drops-pinned", "C0", "*-[!n]*");
SEEN_TO_FAIL("7.3-droppable-swapped", "C0", "*-none");
SEEN_TO_FAIL("7.3-droppable-swapped", "C1", "*-[!n]*");
SEEN_TO_FAIL("7.3-wipeonfork-ignored", "C2", "*");
VARIANTS("droppable", "none io_uring rdma rdma_ro vmsplice gup_ro");

TEST_F(scene, droppable)
{
	pin(self);
	pageout(self, false);
	cpu_read(self, PARENT);
	cpu_write(self, PARENT);
	device_write(self);
	fork_child(self);
	cpu_write(self, CHILD);
	device_write(self);
	unpin(self);
	pageout(self, true);
	cpu_read(self, PARENT);
	cpu_write(self, PARENT);
	cpu_write(self, CHILD);
}
