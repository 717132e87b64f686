// SPDX-License-Identifier: GPL-2.0-only
/*
 * Without EVENT_FORK the child is not registered, so it must be able to read and write.
 * Accesses by the parent must still raise notifications.
 */
#include "case.h"

CASE("read-and-write protect, fork: the child is not protected, the parent still is",
     "C1 C2 C3 C4");
SEEN_TO_FAIL("7.3-rwp-read-unnoticed", "C3", "*");
VARIANTS("PRIVATE shmem", "io_uring");
VARIANTS("anon", "rdma");
VARIANTS("BRIEF shmem_private shmem", "none");

TEST_F(scene, fork_protected)
{
	uffd_open(self, FOR_RWP);
	pin(self);
	wp(self);
	fork_child(self);
	cpu_write(self, CHILD);
	device_write(self);
	read_under_rwp(self, PARENT, 0);
	write_under_wp(self, 1, UNPROTECT);
	unwp(self);
	cpu_write(self, PARENT);
}
