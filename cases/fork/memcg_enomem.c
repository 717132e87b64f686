// SPDX-License-Identifier: GPL-2.0-only
/*
 * fork() copies pinned pages early, in the parent's memory cgroup (70e806e4e645). If that has no room
 * for the copies, and nobody may be killed, fork() says ENOMEM half-way: nothing of a child is left,
 * parent and pins go on as before, and the next fork() does it all.
 */
#include "case.h"

CASE("pin, write-protect, fork at the limit of the memory cgroup: ENOMEM, and nothing changes",
     "C1 C2 C4 C8");
SEEN_TO_FAIL("7.3-copies-uncharged", "C2", "*");
SEEN_TO_FAIL("7.3-failed-fork-shares", "C1", "*");
BROKEN_BY("copies-exclusive", "*");
VARIANTS("thp_memcg", "io_uring rdma");

TEST_F(scene, memcg_enomem)
{
	pin(self);
	uffd_open(self, 0);
	wp_pages(self, PAGE(1));
	fork_uncharged(self);
	marks_stay(self);
	cpu_write_pages(self, PARENT, PAGE(0));
	cpu_write_pages(self, PARENT, PAGE(2));
	cpu_write_pages(self, PARENT, PAGE(3));
	device_write(self);
	write_under_wp(self, 1, UNPROTECT);
	device_write(self);
	fork_child(self);
	cpu_write(self, PARENT);
	cpu_write(self, CHILD);
	device_write(self);
}
