// SPDX-License-Identifier: GPL-2.0-only
/*
 * As ledger/sd_pin_upgraded, but with pins for writing. After a clear the pages are
 * clean. Then a part of the mapping is mapped anew (or the mapping grows, as a heap
 * does), and the whole mapping becomes soft-dirty. So mprotect() makes the pages writable
 * without a fault. A pin finds them writable and does not fault either, and the next
 * clear leaves a pinned writable page as it is. What is written from then on is not
 * reported. It must be.
 */
#include "case.h"

CASE("soft-dirty: clear, map a part anew, mprotect R and RW, pin, clear, write", "C9");
SEEN_TO_FAIL("6.12 7.3", "C9", "*-io_uring *-rdma");
SEEN_TO_FAIL("7.3-src", "C9", "*-gup");
BROKEN_BY("pinned-skips-soft-dirty", "*");
VARIANTS("anon", "io_uring rdma gup");

TEST_F(scene, sd_pin_grown)
{
	ledger_open(self, SOFT_DIRTY);
	ledger_clear(self);
	ledger_renew(self, 3);
	mprotect_ro(self);
	mprotect_rw(self);
	pin_pages(self, 0, 3);
	ledger_clear(self);
	cpu_write(self, PARENT);
}
