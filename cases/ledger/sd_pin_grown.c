// SPDX-License-Identifier: GPL-2.0-only
/*
 * The same with pins for writing. After a clear the pages are clean; then the
 * mapping grows, as a heap does, and is soft-dirty as a whole. So mprotect()
 * makes the pages writable without a fault; a pin finds them so and does not
 * fault either; and the next clear leaves a pinned writable page as it is. What
 * is written from then on is not reported.				(C9)
 * See results/findings/soft-dirty-pinned.md.
 */
#include "case.h"

CASE("soft-dirty: clear, grow the mapping, mprotect R and RW, pin, clear, write", "C9");
SEEN_TO_FAIL("6.12 7.3", "C9", "*");
KNOWN_BROKEN("6.1", "", "",
	     "clear_refs leaves a pinned page writable that was not soft-dirty", "*");

VARIANT(anon, io_uring);
VARIANT(anon, rdma);
VARIANT(anon, gup);

TEST_F(scene, sd_pin_grown)
{
	ledger_open(self, SOFT_DIRTY);
	ledger_clear(self);
	ledger_grow(self);
	mprotect_ro(self);
	mprotect_rw(self);
	pin(self);
	ledger_clear(self);
	cpu_write(self, PARENT);
}
