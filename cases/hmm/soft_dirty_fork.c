// SPDX-License-Identifier: GPL-2.0-only
/*
 * What was written goes to a device, and is made read-only there: by fork() or by mprotect(). That it
 * was written is not to be forgotten by that.
 */
#include "case.h"

CASE("soft-dirty: clear, write, to a device, fork: it is reported", "C9");
SEEN_TO_FAIL("7.3-hmm", "C9", "*");
BROKEN_BY("device-forgets-soft-dirty", "*");
VARIANTS("anon thp_pte", "none");

TEST_F(scene, soft_dirty_fork)
{
	ledger_open(self, SOFT_DIRTY);
	ledger_clear(self);
	cpu_write_pages(self, PARENT, PAGE(1));
	to_device(self, ALL_PAGES);
	fork_child(self);
	from_device(self, ALL_PAGES);
}
