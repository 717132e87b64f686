// SPDX-License-Identifier: GPL-2.0-only
/*
 * Pin, fork, and the child writes first. Its write must reach neither the parent nor the
 * pin, and no DMA may reach the child.
 */
#include "case.h"

CASE("pin, fork, child writes first", "C1 C2");
SEEN_TO_FAIL("7.3-no-early-copy", "C1", "*-io_uring *-rdma");
SEEN_TO_FAIL("7.3-early-copy-is-empty", "C0", "anon-odirect thp-odirect");
NOT_SEEN_TO_FAIL("no pin: the control", "anon-none");
VARIANTS("ANON shmem_private zero swapped mthp", "io_uring");
VARIANTS("anon thp", "rdma odirect");
VARIANTS("anon", "none");

TEST_F(scene, pin_child_first)
{
	pin(self);
	fork_child(self);
	cpu_write(self, CHILD);
	device_write(self);
	cpu_write(self, PARENT);
	cpu_write(self, CHILD);
}
