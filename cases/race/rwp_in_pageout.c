// SPDX-License-Identifier: GPL-2.0-only
/*
 * As race/wp_in_pageout, but protected from reads, too: the page comes back inaccessible.
 */
#include "case.h"

CASE("read-and-write protect a page while it is being swapped out: it is protected", "C3 C4");
SEEN_TO_FAIL("7.3-wp-skips-entries", "C4", "*");
VARIANTS("anon", "none");

TEST_F(scene, rwp_in_pageout)
{
	uffd_open(self, FOR_RWP);
	while (race_round(self)) {
		race(self, &act_pageout, UNMAPPED(0), &act_wp);
		write_under_wp(self, 0, UNPROTECT);
		unwp(self);
		cpu_write(self, PARENT);
	}
}
