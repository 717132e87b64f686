// SPDX-License-Identifier: GPL-2.0-only
/* The soft-dirty bit of a page goes along with it. */
#include "case.h"

CASE("soft-dirty: clear, write, take the page's frame out of use: it is still reported", "C9");
SEEN_TO_FAIL("7.3-faults-migration-forgets-soft-dirty", "C9", "*");
VARIANTS("anon thp_pte shmem", "none");

TEST_F(scene, offline_dirty)
{
	ledger_open(self, SOFT_DIRTY);
	ledger_clear(self);
	cpu_write_pages(self, PARENT, PAGE(1));
	soft_offline(self, 1);
	ledger_clear(self);
	soft_offline(self, 1);
	cpu_write_pages(self, PARENT, PAGE(1));
}
