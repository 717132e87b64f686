// SPDX-License-Identifier: GPL-2.0-only
/*
 * As race/wp_in_collapse, but protected from reads, too.
 */
#include "case.h"

CASE("read-and-write protect memory that is about to be collapsed: it is protected", "C3 C4");
SEEN_TO_FAIL("7.3-windows-collapse-forgets-wp", "C4", "*");
VARIANTS("small_2m", "none");

TEST_F(scene, rwp_in_collapse)
{
	uffd_open(self, FOR_RWP);
	while (race_round(self)) {
		race(self, &act_collapse, AT("__mem_cgroup_charge"), &act_wp);
		write_under_wp(self, 0, UNPROTECT);
		unwp(self);
		cpu_write(self, PARENT);
		thp_split(self, FROM_OUTSIDE);
	}
}
