// SPDX-License-Identifier: GPL-2.0-only
/*
 * As race/wp_in_split, but protected from reads, too.
 */
#include "case.h"

CASE("read-and-write protect a huge page while it is being split: it is protected", "C3 C4");
SEEN_TO_FAIL("7.3-wp-skips-entries", "C4", "*");
VARIANTS("thp", "none");

TEST_F(scene, rwp_in_split)
{
	while (race_round(self)) {
		uffd_open(self, FOR_RWP);
		race(self, &act_reclaim_split, UNMAPPED(0), &act_wp);
		write_under_wp(self, 0, UNPROTECT);
		unwp(self);
		cpu_write(self, PARENT);
		/* What is registered, and has a hole, is not collapsed. */
		close_uffd(self);
		dontneed(self, PARENT, ALL_PAGES);
		cpu_write(self, PARENT);
		thp_collapse(self);
	}
}
