// SPDX-License-Identifier: GPL-2.0-only
/*
 * A page has just been unmapped to be migrated, and a migration entry stands in its place.
 * MADV_DONTNEED gives it up. What is there afterwards is a new page, and no other.
 */
#include "case.h"

CASE("give up pages that are being migrated: what comes then is empty", "C0 C8");
NOT_SEEN_TO_FAIL("no kernel was found that loses it", "*");
VARIANTS("anon thp", "none");

TEST_F(scene, dontneed_in_migration)
{
	while (race_round(self)) {
		race(self, &act_migrate, UNMAPPED(0), &act_dontneed);
		cpu_write(self, PARENT);
	}
}
