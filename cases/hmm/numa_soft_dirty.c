// SPDX-License-Identifier: GPL-2.0-only
#include "case.h"

CASE("soft-dirty: clear, write, to a device, NUMA balancing scans: it is reported", "C9");
SEEN_TO_FAIL("7.3-hmm", "C9", "*");
BROKEN_BY("device-forgets-soft-dirty", "*");
VARIANTS("anon thp_pte", "none");

TEST_F(scene, numa_soft_dirty)
{
	ledger_open(self, SOFT_DIRTY);
	ledger_clear(self);
	cpu_write_pages(self, PARENT, PAGE(1));
	to_device(self, ALL_PAGES);
	numa_hint(self);
	from_device(self, ALL_PAGES);
}
