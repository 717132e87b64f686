// SPDX-License-Identifier: GPL-2.0-only
/*
 * After fork() with a pin, reclaim is asked for the pages. The pinned pages must stay,
 * and the child, which got copies, must see nothing of what is written.
 */
#include "case.h"

CASE("pin, fork, page out, write: coherent and isolated", "C1 C2");
SEEN_TO_FAIL("7.3-no-early-copy", "C1", "*-io_uring *-rdma");
VARIANTS("ANON mthp", "io_uring");
VARIANTS("anon thp", "rdma");

TEST_F(scene, pageout_fork_pin)
{
	pin(self);
	fork_child(self);
	pageout(self, false);
	cpu_read(self, PARENT);
	cpu_write(self, PARENT);
	device_write(self);
	cpu_write(self, CHILD);
}
