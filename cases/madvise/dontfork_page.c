// SPDX-License-Identifier: GPL-2.0-only
/*
 * MADV_DONTFORK of one page, as rdma-core's ibv_fork_init() says of what is registered: the child
 * has all but that, and the parent keeps what is pinned, on either side of it, too.
 */
#include "case.h"

CASE("MADV_DONTFORK of a page: the child lacks it, the parent keeps what is pinned", "C1 C2 C4");
SEEN_TO_FAIL("7.3-dontfork-ignored", "C2", "*");
VARIANTS("BRIEF swapped", "none");
VARIANTS("anon thp", "io_uring rdma");
VARIANTS("shmem shmem_private", "io_uring");

TEST_F(scene, dontfork_page)
{
	dontfork_page(self, 1);
	pin(self);
	fork_child(self);
	cpu_write(self, PARENT);
	device_write(self);
	child_exit(self);
	cpu_write(self, PARENT);
}
