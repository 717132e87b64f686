// SPDX-License-Identifier: GPL-2.0-only
/*
 * With EVENT_FORK the child inherits read-and-write protect, also for a page that was
 * copied early because it is pinned. The child's accesses must raise notifications on its
 * own uffd.
 */
#include "case.h"

CASE("read-and-write protect, EVENT_FORK: the child inherits it, also for pinned pages",
     "C1 C2 C3 C4");
SEEN_TO_FAIL("7.3-fork-forgets-rwp", "C4", "*");
SEEN_TO_FAIL("7.3-rwp-read-unnoticed", "C3", "*");
VARIANTS("PRIVATE", "io_uring");
VARIANTS("anon", "rdma");
VARIANTS("BRIEF shmem_private shmem", "none");

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
