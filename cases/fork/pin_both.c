// SPDX-License-Identifier: GPL-2.0-only
/*
 * Parent and child each have a pin on their own pages, and the child forks again. fork()
 * must copy the child's pinned pages early for the grandchild, as it copied the parent's
 * for the child.
 */
#include "case.h"

CASE("parent and child have pins of their own, three generations", "C1 C2");
SEEN_TO_FAIL("7.3-early-copy-is-empty", "C0",
	     "anon-* thp-* thp_pte-* shmem_private-* mthp-io_uring swapped-io_uring");
SEEN_TO_FAIL("7.3-no-early-copy", "C2",
	     "anon-* thp-* thp_pte-* hugetlb-* shmem_private-* mthp-* swapped-*");
SEEN_TO_FAIL("7.3-no-early-copy", "C1", "zero-io_uring");
BROKEN_BY_AS("hugetlb-no-early-copy", "C2", "hugetlb-*");
VARIANTS("PRIVATE zero mthp swapped", "io_uring");
VARIANTS("BRIEF", "rdma");
VARIANTS("anon", "io_uring_clone");

TEST_F(scene, pin_both)
{
	int own;

	pin(self);
	fork_child(self);
	own = pin_again(self, CHILD, ALL_PAGES);
	fork_grandchild(self);
	cpu_write(self, CHILD);
	device_write_by(self, own);
	cpu_write(self, PARENT);
	device_write(self);
	cpu_write(self, GRANDCHILD);
	device_write_by(self, own);
}
