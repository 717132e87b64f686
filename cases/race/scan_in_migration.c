// SPDX-License-Identifier: GPL-2.0-only
/*
 * A page has just been unmapped to be migrated, and an entry that says so stands in its place.
 * PAGEMAP_SCAN clears what is reported as written. What is written after that must be reported
 * again.
 */
#include "case.h"

CASE("WP_ASYNC: scan and clear while pages are being migrated, then write", "C9");
SEEN_TO_FAIL("7.3-async-write-keeps-mark", "C9", "anon-none");
SEEN_TO_FAIL("7.3-windows-async-write-keeps-mark", "C9", "thp-none");
NOT_SEEN_TO_FAIL("a write fault of hugetlb has its own way, and no kernel keeps the mark there",
		 "hugetlb-none");
VARIANTS("anon thp hugetlb", "none");

TEST_F(scene, scan_in_migration)
{
	ledger_open(self, WP_ASYNC);
	ledger_clear(self);
	while (race_round(self)) {
		cpu_write(self, PARENT);
		race(self, &act_migrate, UNMAPPED(0), &act_scan);
		cpu_write(self, PARENT);
		ledger_clear(self);
	}
}
