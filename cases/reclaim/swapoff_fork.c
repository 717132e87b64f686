// SPDX-License-Identifier: GPL-2.0-only
/*
 * A page in swap is shared after fork(), and swapoff() brings it back for both processes.
 * It must still be shared: whoever writes gets a copy, and so does a pin.
 */
#include "case.h"

CASE("swap out, fork, swapoff, write by both: neither process sees what the other writes", "C1 C2");
SEEN_TO_FAIL("7.3-swapoff-grants-write", "C2", "*");
VARIANTS("ANON", "none io_uring");
VARIANTS("anon thp", "rdma");

TEST_F(scene, swapoff_fork)
{
	pageout(self, true);
	fork_child(self);
	swapoff_all(self);
	pin(self);
	cpu_write(self, PARENT);
	device_write(self);
	cpu_write(self, CHILD);
}
