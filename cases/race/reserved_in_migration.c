// SPDX-License-Identifier: GPL-2.0-only
/*
 * A huge page of a private mapping has just been unmapped to be migrated, and MADV_DONTNEED gives it up.
 * What was set aside for the mapping is so again (df7a6d1f6405): who writes there later finds a page
 * even if no other is free.
 */
#include "case.h"

CASE("give up huge pages that are being migrated: they are set aside for their mapping again",
     "C0");
SEEN_TO_FAIL("6.1 6.12 7.3", "C0", "*");
BROKEN_BY("hugetlb-dropped-unreserved", "*");
BROKEN_BY("hugetlb-migrating-unreserved", "*");
VARIANTS("hugetlb", "none");

TEST_F(scene, reserved_in_migration)
{
	while (race_round(self)) {
		race(self, &act_migrate, UNMAPPED(0), &act_drop);
		cpu_write_without_hugepages(self);
	}
}
