// SPDX-License-Identifier: GPL-2.0-only
/*
 * Locked memory is there, all of it, also what was in swap or nowhere (mlock(2)), and no advice takes
 * it away: not MADV_PAGEOUT, and not MADV_DONTNEED of memory that is pinned. Once it is unlocked it
 * may go.
 */
#include "case.h"

CASE("lock what is swapped out or was never there: it comes, and no advice takes it", "C0 C8");
SEEN_TO_FAIL("7.3-advice-takes-locked", "C0", "*");
SEEN_TO_FAIL("7.3-lock-brings-nothing", "C0", "swapped-* unpopulated-none");
VARIANTS("anon swapped thp unpopulated", "none");
VARIANTS("anon swapped thp", "io_uring");

TEST_F(scene, mlock)
{
	lock(self, AT_ONCE);
	pin(self);
	cpu_write(self, PARENT);
	lock_refuses(self);
	device_write(self);
	unpin(self);
	unlock(self);
	pageout(self, true);
	cpu_read(self, PARENT);
}
