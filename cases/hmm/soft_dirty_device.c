// SPDX-License-Identifier: GPL-2.0-only
#include "case.h"

CASE("soft-dirty: to a device, clear, device write: it is reported", "C9");
SEEN_TO_FAIL("7.3-hmm", "C9", "*");
BROKEN_BY("device-forgets-soft-dirty", "*");
VARIANTS("anon thp", "hmm");

TEST_F(scene, soft_dirty_device)
{
	ledger_open(self, SOFT_DIRTY);
	pin(self);
	to_device(self, ALL_PAGES);
	ledger_clear(self);
	device_write(self);
}
