// SPDX-License-Identifier: GPL-2.0-only
/*
 * A child has a huge page for itself, and it has just been unmapped to be migrated. Its parent writes to
 * one that it shares with another process while none is free: hugetlb_wp() takes that from the other.
 * The child's is nobody else's.
 */
#include "case.h"

CASE("a parent takes a huge page from another while a child's is being migrated: the child keeps it",
     "C0 C2");
SEEN_TO_FAIL("5.10 6.1 6.12 7.3", "C0", "*");
BROKEN_BY("hugetlb-takes-entries", "*");
VARIANTS("hugetlb", "none");

TEST_F(scene, steal_in_migration)
{
	while (race_round(self)) {
		fork_child(self);
		cpu_write(self, CHILD);
		race(self, &act_migrate_child, RETURN("try_to_migrate_one", "try_to_unmap_one"),
		     &act_store);
		cpu_write(self, CHILD);
		child_exit(self);
	}
}
