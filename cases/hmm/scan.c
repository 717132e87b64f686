// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a device writes to memory that PAGEMAP_SCAN keeps account of is reported, as it would be if the
 * memory were not the device's own: there it faults as a CPU does.
 */
#include "case.h"

CASE("WP_ASYNC: to a device, clear, device write: it is reported", "C9");
SEEN_TO_FAIL("7.3-hmm", "C9", "*");
BROKEN_BY("scan-skips-device", "*");
VARIANTS("anon thp", "hmm");

TEST_F(scene, scan)
{
	ledger_open(self, WP_ASYNC);
	pin(self);
	to_device(self, ALL_PAGES);
	ledger_clear(self);
	device_write(self);
	ledger_clear(self);
	cpu_write_pages(self, PARENT, PAGE(1));
}
