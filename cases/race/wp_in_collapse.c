// SPDX-License-Identifier: GPL-2.0-only
/*
 * MADV_COLLAPSE has looked at small pages, found that they may become a huge one, and charges
 * it to a cgroup, without a lock. It is write-protected then, and the marks must be seen.
 */
#include "case.h"

CASE("write-protect memory that is about to be collapsed: it has its marks", "C3 C4");
SEEN_TO_FAIL("7.3-windows-collapse-forgets-wp", "C4", "*");
VARIANTS("small_2m", "none");

TEST_F(scene, wp_in_collapse)
{
	uffd_open(self, 0);
	while (race_round(self)) {
		race(self, &act_collapse, AT("__mem_cgroup_charge"), &act_wp);
		write_under_wp(self, 0, UNPROTECT);
		unwp(self);
		cpu_write(self, PARENT);
		thp_split(self, FROM_OUTSIDE);
	}
}
