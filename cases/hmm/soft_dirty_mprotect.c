// SPDX-License-Identifier: GPL-2.0-only
#include "case.h"

CASE("soft-dirty: clear, write, to a device, mprotect: it is reported", "C9");
SEEN_TO_FAIL("7.3-hmm", "C9", "*");
BROKEN_BY("device-forgets-soft-dirty", "*");
VARIANTS("anon thp thp_pte", "none");

TEST_F(scene, soft_dirty_mprotect)
{
	ledger_open(self, SOFT_DIRTY);
	ledger_clear(self);
	cpu_write_pages(self, PARENT, PAGE(1));
	to_device(self, ALL_PAGES);
	mprotect_ro(self);
	mprotect_rw(self);
	from_device(self, ALL_PAGES);
}
