// SPDX-License-Identifier: GPL-2.0-only
/*
 * A parent pins what it shares with a child, and all free huge pages are in ZONE_MOVABLE, from where
 * a pin takes none (8e3560d963d2). The pool is not used up: nothing may be taken from the child.
 */
#include "case.h"

CASE("hugetlb in ZONE_MOVABLE is pinned that a child shares: the child keeps its pages", "C0 C7");
IN_ZONE_MOVABLE;
SEEN_TO_FAIL("6.12 7.3", "C0", "*");
SEEN_TO_FAIL("5.10 6.1", "C7", "*-io_uring *-rdma *-rdma_ro");
BROKEN_BY_AS("pins-stay-movable", "C7", "*");
BROKEN_BY("hugetlb-movable-refused", "*");
BROKEN_BY("hugetlb-pin-finds-none", "*");
VARIANTS("hugetlb", "io_uring rdma rdma_ro");

TEST_F(scene, movable_child)
{
	fork_child(self);
	in_movable_zone(self);
	pin(self);
	child_exit(self);
	unpin(self);
}
