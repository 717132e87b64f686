// SPDX-License-Identifier: GPL-2.0-only
/*
 * A write to a page that is shared with a child has faulted, and is about to copy it, without a
 * lock. The memory is write-protected then. The write must find that, and be noticed.
 */
#include "case.h"

CASE("write-protect shared memory while a write copies it: the write is noticed", "C2 C3 C4");
NOT_SEEN_TO_FAIL("no kernel was found that loses it", "*");
VARIANTS("anon shmem_private", "none");

TEST_F(scene, wp_in_cow)
{
	uffd_open(self, 0);
	while (race_round(self)) {
		fork_child(self);
		race(self, &act_noticed_write, AT("__mem_cgroup_charge", "mem_cgroup_charge"),
		     &act_wp);
		cpu_write(self, CHILD);
		child_exit(self);
	}
}
