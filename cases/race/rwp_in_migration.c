// SPDX-License-Identifier: GPL-2.0-only
/*
 * As race/wp_in_migration, but protected from reads, too: what the migration entry says must make
 * the page inaccessible in the end.
 */
#include "case.h"

CASE("read-and-write protect a page while it is being migrated: it is protected", "C3 C4");
SEEN_TO_FAIL("7.3-wp-skips-entries", "C4", "anon-*");
NOT_SEEN_TO_FAIL("kernels that are wrong on purpose have no probes at functions",
		 "thp-* hugetlb-*");
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
