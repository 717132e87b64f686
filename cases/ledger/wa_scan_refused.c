// SPDX-License-Identifier: GPL-2.0-only
/*
 * PAGEMAP_SCAN protects only memory that was registered with WP_ASYNC: not what
 * nobody registered, and not what has a monitor that wants to be asked. 	(C5)
 */
#include "case.h"

CASE("PAGEMAP_SCAN with WP_MATCHING of memory that has no ledger: EPERM, no marks", "C3 C5");
SEEN_TO_FAIL("7.3-scan-protects-anything", "C5", "*");

VARIANTS("ALL", "none");

TEST_F(scene, wa_scan_refused)
{
	ledger_clear_refused(self);
	uffd_open(self, 0);
	ledger_clear_refused(self);
	cpu_write(self, PARENT);
}
