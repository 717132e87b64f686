// SPDX-License-Identifier: GPL-2.0-only
/*
 * PAGEMAP_SCAN may write-protect only memory that is registered with WP_ASYNC. It must
 * not touch memory that is not registered, or memory with a monitor that expects
 * notifications.
 */
#include "case.h"

CASE("PAGEMAP_SCAN with WP_MATCHING without WP_ASYNC: EPERM, no uffd-wp bit", "C3 C5");
SEEN_TO_FAIL("7.3-scan-protects-anything", "C5", "*");
VARIANTS("ALL", "none");

TEST_F(scene, wa_scan_refused)
{
	ledger_clear_refused(self);
	uffd_open(self, 0);
	ledger_clear_refused(self);
	cpu_write(self, PARENT);
}
