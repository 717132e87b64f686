// SPDX-License-Identifier: GPL-2.0-only
/* Parent and child share what is in a device that the CPU reaches, and write to it, and pin it. */
#include "case.h"

CASE("to a coherent device, fork, write, pin: each sees its own", "C1 C2 C7");
SEEN_TO_FAIL("7.3-hmm-migration-grants-write", "C2", "*");
WITH_COHERENT_DEVICE;
VARIANTS("anon", "none io_uring rdma");

TEST_F(scene, coherent_fork)
{
	fork_child(self);
	to_coherent_device(self);
	cpu_write_pages(self, PARENT, PAGE(0));
	pin(self);
	cpu_write(self, CHILD);
	device_write(self);
	cpu_write(self, PARENT);
}
