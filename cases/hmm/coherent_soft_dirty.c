// SPDX-License-Identifier: GPL-2.0-only
#include "case.h"

CASE("soft-dirty: clear, write, to a coherent device and back: it is reported", "C9");
SEEN_TO_FAIL("7.3-hmm-migration-forgets-soft-dirty", "C9", "*");
WITH_COHERENT_DEVICE;
VARIANTS("anon", "none");

TEST_F(scene, coherent_soft_dirty)
{
	ledger_open(self, SOFT_DIRTY);
	ledger_clear(self);
	cpu_write_pages(self, PARENT, PAGE(1));
	to_coherent_device(self);
	from_coherent_device(self);
	ledger_clear(self);
	to_coherent_device(self);
	cpu_write_pages(self, PARENT, PAGE(2));
	from_coherent_device(self);
}
