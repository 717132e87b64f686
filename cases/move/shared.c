// SPDX-License-Identifier: GPL-2.0-only
/*
 * P: fork; UFFDIO_MOVE a page. It is C's as well, so it is not P's to move:
 * EBUSY, and both see what they saw. A pin does not change that: its page was
 * copied for C at fork(), and is not to be moved for being pinned. (C2, C7)
 */
#include "case.h"

CASE("fork, UFFDIO_MOVE: EBUSY, and nobody sees what the other writes", "C1 C2 C7");
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
