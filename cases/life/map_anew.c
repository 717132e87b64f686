// SPDX-License-Identifier: GPL-2.0-only
/*
 * A process maps something else in the place of memory that is pinned and write-protected. The pin
 * keeps the old page, the new mapping has no mark and is not registered, and who asked for it is
 * told: until that is read nobody may protect anything.
 */
#include "case.h"

CASE("a new mapping in the place of one that is pinned and write-protected", "C1 C2 C3 C4 C8");
SEEN_TO_FAIL("7.3-wp-past-event", "C4", "*");
VARIANTS("anon swapped shmem shmem_private", "none");
VARIANTS("anon shmem", "io_uring rdma");

TEST_F(scene, map_anew)
{
	uffd_open(self, WP_EVENT_UNMAP);
	pin(self);
	wp(self);
	fork_child(self);
	map_anew(self);
	cpu_write(self, PARENT);
	device_write(self);
	register_again(self);
	wp(self);
	write_under_wp(self, 0, UNPROTECT);
}
