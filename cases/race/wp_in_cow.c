// SPDX-License-Identifier: GPL-2.0-only
/*
 * A write to a page that is shared with a child has faulted, and is about to copy it, without a
 * lock. The memory is write-protected then. The write must find that, and be noticed.
 */
#include "case.h"

CASE("write-protect shared memory while a write copies it: the write is noticed", "C2 C3 C4");
SEEN_TO_FAIL("7.3-cow-skips-recheck", "C3", "*");
VARIANTS("anon shmem_private", "none");

TEST_F(scene, wp_in_cow)
{
	uffd_open(self, 0);
	while (race_round(self)) {
		fork_child(self);
		race(self, &act_noticed_write, TO_BE_COPIED(0), &act_wp);
		cpu_write(self, CHILD);
		child_exit(self);
	}
}
