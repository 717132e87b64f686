// SPDX-License-Identifier: GPL-2.0-only
/*
 * As race/wp_in_fork, but protected from reads, too: the child has access to all that it has.
 */
#include "case.h"

CASE("read-and-write protect memory while it is forked: the parent alone is protected", "C2 C3 C4");
NOT_SEEN_TO_FAIL("whoever is first, the same comes of it", "*");
VARIANTS("anon thp", "none");

TEST_F(scene, rwp_in_fork)
{
	uffd_open(self, FOR_RWP);
	while (race_round(self)) {
		race(self, &act_fork, COPIED(0), &act_wp);
		cpu_write(self, CHILD);
		write_under_wp(self, 0, UNPROTECT);
		unwp(self);
		cpu_write(self, PARENT);
		child_exit(self);
	}
}
