// SPDX-License-Identifier: GPL-2.0-only
/*
 * As race/wp_in_migration, but protected from reads, too: what the migration entry says must make
 * the page inaccessible in the end.
 */
#include "case.h"

CASE("read-and-write protect a page while it is being migrated: it is protected", "C3 C4");
SEEN_TO_FAIL("7.3-wp-skips-entries", "C4", "anon-none");
SEEN_TO_FAIL("7.3-windows-wp-skips-entries", "C4", "thp-none");
NOT_SEEN_TO_FAIL("no kernel was found that loses it", "hugetlb-none");
VARIANTS("anon thp hugetlb", "none");

TEST_F(scene, rwp_in_migration)
{
	uffd_open(self, FOR_RWP);
	while (race_round(self)) {
		race(self, &act_migrate, UNMAPPED(0), &act_wp);
		write_under_wp(self, 0, UNPROTECT);
		unwp(self);
		cpu_write(self, PARENT);
	}
}
