// SPDX-License-Identifier: GPL-2.0-only
/*
 * Parent and child have each a pin of their own, of their own pages, and the child
 * forks again: its pinned pages are copied early for the grandchild as the parent's
 * were for itself.						(C1, C2)
 */
#include "case.h"

CASE("parent and child have pins of their own, three generations", "C1 C2");
KNOWN_BROKEN("2.6.12", "5.13", "4eae4efa2c29",
	     "hugetlb pages are not copied early at fork() for a pin", "hugetlb-*");

VARIANTS_ALL(io_uring);
VARIANTS_PRIVATE(rdma);
VARIANT(mthp, io_uring);
VARIANT(swapped, io_uring);
VARIANT(anon, io_uring_clone);

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
