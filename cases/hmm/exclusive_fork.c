// SPDX-License-Identifier: GPL-2.0-only
#include "case.h"

CASE("a page is a device's alone, fork, everybody writes: each sees its own", "C1 C2");
SEEN_TO_FAIL("7.3-hmm-exclusive-forked-as-it-is", "C0", "*");
VARIANTS("anon thp", "none");
VARIANTS("anon", "io_uring rdma");

TEST_F(scene, exclusive_fork)
{
	pin(self);
	device_exclusive(self, 0);
	fork_child(self);
	cpu_write(self, PARENT);
	cpu_write(self, CHILD);
	device_write(self);
	device_exclusive(self, 0);
	cpu_read(self, PARENT);
}
