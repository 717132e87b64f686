// SPDX-License-Identifier: GPL-2.0-only
/*
 * Pin, fork, and either process gives a page up. What the child gives up is its
 * own: the parent's page stays the pin's. What the parent gives up parts from the
 * pin, and the child, who had its copy at fork(), keeps what it had then; the old
 * page is the device's alone and is nobody's after it.		(C1, C2)
 */
#include "case.h"

CASE("pin, fork, then child and parent give pages up", "C1 C2 C8");
SEEN_TO_FAIL("7.3-dontneed-spares-pinned", "C1", "*-io_uring *-rdma");

VARIANTS("ALL mthp file_private", "io_uring");
VARIANTS("BRIEF", "rdma");

TEST_F(scene, dontneed_fork)
{
	pin(self);
	fork_child(self);
	dontneed(self, CHILD, PAGE(0));
	cpu_write(self, PARENT);
	device_write(self);
	dontneed(self, PARENT, ALL_PAGES);
	device_write(self);
	cpu_write(self, CHILD);
	cpu_write(self, PARENT);
	child_exit(self);
	device_write(self);
	unpin(self);
	cpu_write(self, PARENT);
}
