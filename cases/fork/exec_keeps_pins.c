// SPDX-License-Identifier: GPL-2.0-only
/*
 * A process with a pin calls exec(), and its ring stays open. Its old memory goes away
 * except for the pinned pages. A child that it forked before shares the ring and must
 * find in those pages what was there. The memory of the new program is separate. When the
 * last process that has the ring open is killed, the pin must go.
 */
#include "case.h"

CASE("exec by the process that pinned: the pin stays as long as its ring is open", "C1 C2 C8");
SEEN_TO_FAIL("7.3-exit-takes-pins", "C1", "*-io_uring*");
SEEN_TO_FAIL("7.3-early-copy-is-empty", "C0", "anon-rdma");
BROKEN_BY_AS("hugetlb-no-early-copy", "C2", "hugetlb-io_uring");
VARIANTS("ALL", "io_uring");
VARIANTS("anon", "io_uring_clone rdma");

TEST_F(scene, exec_keeps_pins)
{
	int own;

	fork_child(self);
	own = pin_again(self, CHILD, ALL_PAGES);
	fork_grandchild(self);
	child_exec(self);
	device_write_by(self, own);
	cpu_write(self, GRANDCHILD);
	grandchild_exit(self);
	cpu_write(self, PARENT);
	child_kill(self);
	cpu_write(self, PARENT);
}
