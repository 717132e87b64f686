// SPDX-License-Identifier: GPL-2.0-only
/*
 * fork() has copied the entry of a page, and goes on. Its parent's memory is write-protected
 * then: not before fork() is done, and not in the child.
 */
#include "case.h"

CASE("write-protect memory while it is forked: the parent has its marks, the child none",
     "C2 C3 C4");
NOT_SEEN_TO_FAIL("whoever is first, the same comes of it", "*");
VARIANTS("anon thp", "none");

TEST_F(scene, wp_in_fork)
{
	uffd_open(self, 0);
	while (race_round(self)) {
		race(self, &act_fork, COPIED(0), &act_wp);
		cpu_write(self, CHILD);
		write_under_wp(self, 0, UNPROTECT);
		unwp(self);
		child_exit(self);
	}
}
