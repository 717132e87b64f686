// SPDX-License-Identifier: GPL-2.0-only
/*
 * A write-protected page has just been unmapped to be migrated, and a migration entry stands
 * in its place. It is unprotected then. A write must go through, and nobody is notified.
 */
#include "case.h"

CASE("unprotect a page while it is being migrated: it has no mark", "C3 C4");
SEEN_TO_FAIL("7.3-wp-skips-entries", "C4", "anon-none");
NOT_SEEN_TO_FAIL("no kernel was found that loses it", "thp-none hugetlb-none");
VARIANTS("anon thp hugetlb", "none");

TEST_F(scene, unwp_in_migration)
{
	while (race_round(self)) {
		wp(self);
		race(self, &act_migrate, UNMAPPED(0), &act_unwp);
		cpu_write(self, PARENT);
	}
}
