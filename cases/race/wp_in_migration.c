// SPDX-License-Identifier: GPL-2.0-only
/*
 * A page has just been unmapped to be migrated, and a migration entry stands in its place. It
 * is write-protected then. The entry must take the mark, and the page must have it in the end.
 */
#include "case.h"

CASE("write-protect a page while it is being migrated: it has its mark", "C3 C4");
SEEN_TO_FAIL("7.3-wp-skips-entries", "C4", "anon-none");
SEEN_TO_FAIL("7.3-windows-wp-skips-entries", "C4", "thp-none");
NOT_SEEN_TO_FAIL("no kernel was found that loses it", "hugetlb-none");
VARIANTS("anon thp hugetlb", "none");

TEST_F(scene, wp_in_migration)
{
	uffd_open(self, 0);
	while (race_round(self)) {
		race(self, &act_migrate, UNMAPPED(0), &act_wp);
		write_under_wp(self, 0, UNPROTECT);
		unwp(self);
		cpu_write(self, PARENT);
	}
}
