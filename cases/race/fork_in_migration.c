// SPDX-License-Identifier: GPL-2.0-only
/*
 * A page has been unmapped to be migrated, and a migration entry stands in its place, which may tell
 * that it is writable, or exclusive. fork() copies it. When the migration ends the page is mapped in
 * both, and a write to it by either must make a copy.
 */
#include "case.h"

CASE("fork while a page is being migrated: parent and child do not write into each other", "C2 C8");
SEEN_TO_FAIL("7.3-fork-keeps-migrating", "C2", "*");
BROKEN_BY("hugetlb-migrating-uncounted", "hugetlb-*");
VARIANTS("anon thp thp_pte hugetlb", "none");

TEST_F(scene, fork_in_migration)
{
	while (race_round(self)) {
		race(self, &act_migrate, UNMAPPED(0), &act_fork);
		cpu_write(self, PARENT);
		cpu_write(self, CHILD);
		child_exit(self);
	}
}
