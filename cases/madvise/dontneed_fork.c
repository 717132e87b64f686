// SPDX-License-Identifier: GPL-2.0-only
/*
 * Both processes drop pages after fork(). The child drops its own, so the parent keeps
 * the pinned page. When the parent drops its page it loses the pinned one, and the child,
 * which got a copy at fork(), keeps what it had then. The old page belongs to the device
 * alone, and to nobody once it is unpinned.
 */
#include "case.h"

CASE("pin, fork, then child and parent drop pages by MADV_DONTNEED", "C1 C2 C8");
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
