// SPDX-License-Identifier: GPL-2.0-only
/*
 * A process writes to a huge page, which soft-dirty tracking knows only as a whole. Then
 * a part of it is unmapped, and the rest is mapped by PTEs. Each of them must have the
 * soft-dirty bit.
 */
#include "case.h"

CASE("soft-dirty: clear, write a huge page, split it", "C9");
SEEN_TO_FAIL("7.3-split-forgets-soft-dirty", "C9", "*");
VARIANTS("thp", "none");

TEST_F(scene, sd_split)
{
	ledger_open(self, SOFT_DIRTY);
	ledger_clear(self);
	cpu_write_pages(self, PARENT, PAGE(1));
	thp_split(self, BY_MUNMAP);
	cpu_read(self, PARENT);
	ledger_clear(self);
	cpu_write(self, PARENT);
}
