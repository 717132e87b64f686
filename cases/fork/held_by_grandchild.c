// SPDX-License-Identifier: GPL-2.0-only
/*
 * The child pins its memory and forks, so the grandchild inherits the ring. When the
 * child exits, its memory goes away except for the pinned pages. The pin must stay: the
 * grandchild can use it and finds what the child had there, which is not what the
 * grandchild has in its own memory. When the grandchild exits as well, the pin must go.
 */
#include "case.h"

CASE("a ring outlives the process that pinned: the pages stay until the last user", "C1 C2 C8");
SEEN_TO_FAIL("7.3-exit-takes-pins", "C1", "*-io_uring*");
SEEN_TO_FAIL("7.3-no-early-copy", "C2", "anon-rdma hugetlb-rdma");
BROKEN_BY_AS("hugetlb-no-early-copy", "C2", "hugetlb-*");
VARIANTS("ALL mthp hugetlb_shared", "io_uring");
VARIANTS("anon", "io_uring_clone");
VARIANTS("thp", "io_uring_slot");
VARIANTS("anon hugetlb", "rdma");

TEST_F(scene, held_by_grandchild)
{
	int own;

	fork_child(self);
	own = pin_again(self, CHILD, ALL_PAGES);
	fork_grandchild(self);
	cpu_write(self, CHILD);
	device_write_by(self, own);
	child_exit(self);
	device_write_by(self, own);
	cpu_write(self, GRANDCHILD);
	cpu_write(self, PARENT);
	device_write_by(self, own);
	grandchild_exit(self);
	cpu_write(self, PARENT);
}
