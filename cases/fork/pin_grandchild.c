// SPDX-License-Identifier: GPL-2.0-only
/*
 * The child of a process that holds a pin forks in turn. The grandchild must read what
 * was there at the time of its own fork(), whoever writes next, CPU or device.
 */
#include "case.h"

CASE("pin, fork, the child forks: three generations, nobody sees what another writes", "C1 C2");
SEEN_TO_FAIL("7.3-no-early-copy", "C1", "*-io_uring *-rdma");
NOT_SEEN_TO_FAIL("no pin: the control", "anon-none");
VARIANTS("ANON shmem_private zero", "io_uring");
VARIANTS("anon thp", "rdma");
VARIANTS("anon", "none");

TEST_F(scene, pin_grandchild)
{
	pin(self);
	fork_child(self);
	cpu_write(self, CHILD);
	fork_grandchild(self);
	cpu_write(self, PARENT);
	device_write(self);
	cpu_write(self, GRANDCHILD);
	cpu_write(self, CHILD);
	child_exit(self);
	cpu_write(self, GRANDCHILD);
	cpu_write(self, PARENT);
	device_write(self);
}
