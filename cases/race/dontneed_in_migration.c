// SPDX-License-Identifier: GPL-2.0-only
/*
 * A page has just been unmapped to be migrated, and a migration entry stands in its place.
 * MADV_DONTNEED gives it up. What is there afterwards is a new page, and no other.
 */
#include "case.h"

CASE("give up pages that are being migrated: what comes then is empty", "C0 C8");
SEEN_TO_FAIL("6.1 6.12 7.3", "C8", "hugetlb-*");
NOT_SEEN_TO_FAIL("no kernel was found that loses it", "anon-* thp-*");
BROKEN_BY("hugetlb-migrating-uncounted", "hugetlb-*");
VARIANTS("anon thp hugetlb", "none");

TEST_F(scene, dontneed_in_migration)
{
	while (race_round(self)) {
		race(self, &act_migrate, UNMAPPED(0), &act_dontneed);
		cpu_write(self, PARENT);
	}
}
