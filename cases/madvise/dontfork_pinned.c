// SPDX-License-Identifier: GPL-2.0-only
/*
 * MADV_DONTFORK, the old remedy for pins and fork (rdma-core's ibv_fork_init()):
 * the child has no such memory, so the parent's stays the pin's without a copy,
 * on every kernel.						(C1, C2)
 */
#include "case.h"

CASE("MADV_DONTFORK: the child has nothing there, parent and pin stay together", "C1 C2");
SEEN_TO_FAIL("7.3-dontfork-ignored", "C2", "*");

VARIANTS("ALL", "io_uring");
VARIANTS("BRIEF", "rdma odirect");
VARIANTS("BRIEF shmem_private", "none");

TEST_F(scene, dontfork_pinned)
{
	pin(self);
	dontfork(self);
	fork_child(self);
	cpu_write(self, PARENT);
	device_write(self);
	child_exit(self);
	cpu_write(self, PARENT);
}
