// SPDX-License-Identifier: GPL-2.0-only
/*
 * A page that is shared with a child must not be moved: UFFDIO_MOVE fails with EBUSY, and
 * both processes see what they saw before. With a pin the result is the same for another
 * reason: the child got a copy at fork(), but the parent's page must not move because it
 * is pinned.
 */
#include "case.h"

CASE("fork, UFFDIO_MOVE: EBUSY, and neither process sees what the other writes", "C1 C2 C7");
SEEN_TO_FAIL("7.3-move-takes-shared", "C7", "*-none");
SEEN_TO_FAIL("7.3-move-takes-pinned", "C7", "anon-io_uring anon-rdma");
VARIANTS("anon thp", "none");
VARIANTS("anon", "io_uring rdma");

TEST_F(scene, shared)
{
	pin(self);
	fork_child(self);
	uffd_move_refused(self, PAGE(1));
	cpu_write(self, PARENT);
	cpu_write(self, CHILD);
	device_write(self);
}
