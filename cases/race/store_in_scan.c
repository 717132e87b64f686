// SPDX-License-Identifier: GPL-2.0-only
/*
 * PAGEMAP_SCAN has reported pages as written, and has protected them again, but has not returned
 * yet. A thread writes to them then. It may still have the right to in its processor's TLB, if
 * nobody has taken it from there; the next scan must report the write.
 */
#include "case.h"

CASE("WP_ASYNC: write to what was scanned, before the scan is done: it is reported again", "C9");
SEEN_TO_FAIL("7.3-scan-leaves-tlb", "C9", "*");
VARIANTS("anon thp", "none");

TEST_F(scene, store_in_scan)
{
	ledger_open(self, WP_ASYNC);
	ledger_clear(self);
	while (race_round(self)) {
		cpu_write(self, PARENT);
		race(self, &act_scan, RETURN("pagemap_scan_pmd_entry"), &act_store);
		ledger_clear(self);
	}
}
