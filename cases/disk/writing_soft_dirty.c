// SPDX-License-Identifier: GPL-2.0-only
/* A page is being written to swap and comes back meanwhile. What is written to it then must be reported. */
#include "case.h"

CASE("soft-dirty: clear while a page is being written to swap, then write", "C9");
SWAP_AS_ON_A_DISK;
SEEN_TO_FAIL("7.3-swapin-forgets-soft-dirty", "C9", "*");
VARIANTS("anon", "none");

TEST_F(scene, writing_soft_dirty)
{
	ledger_open(self, SOFT_DIRTY);
	ledger_clear(self);
	disk_stops(self);
	pageout(self, true);
	being_written(self);
	cpu_read(self, PARENT);
	ledger_clear(self);
	being_written(self);
	cpu_write(self, PARENT);
	disk_goes(self);
	pageout(self, true);
	cpu_read(self, PARENT);
}
