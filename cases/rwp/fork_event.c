// SPDX-License-Identifier: GPL-2.0-only
/*
 * The same with EVENT_FORK: the child inherits the protection, also of a page
 * that was copied early because it is pinned; its accesses are noticed on its
 * own uffd.							(C1, C2, C3, C4)
 */
#include "case.h"

CASE("read-and-write protect, EVENT_FORK: the child inherits, also of pinned pages", "C1 C2 C3 C4");
NOT_SEEN_TO_FAIL("not yet", "*");

VARIANTS_PRIVATE(io_uring);
VARIANT(anon, rdma);
VARIANTS_PRIVATE_NOPIN;
VARIANT_NOPIN(shmem);

TEST_F(scene, fork_event)
{
	uffd_open(self, FOR_RWP | WP_EVENT_FORK);
	pin(self);
	wp(self);
	fork_child(self);
	read_under_rwp(self, CHILD, 0);
	child_write_under_wp(self, 1);
	read_under_rwp(self, PARENT, 0);
	device_write(self);
}
