// SPDX-License-Identifier: GPL-2.0-only
/*
 * MADV_DONTFORK is the old remedy for pins and fork(); rdma-core's ibv_fork_init() uses
 * it. The child does not get the memory, so the parent keeps the pinned page without a
 * copy, on every kernel.
 */
#include "case.h"

CASE("MADV_DONTFORK: the child has no such memory, the parent keeps the pinned page", "C1 C2");
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
