// SPDX-License-Identifier: GPL-2.0-only
/*
 * The same where the page is pinned. Reclaim would not unmap such a page; but it has failed, and what
 * is in its slot is old where a device has written to it. So it must be gone for its process.
 */
#include "case.h"

CASE("memory fails that is in the swap cache and pinned: SIGBUS, not what is in swap", "C1 C5");
SWAP_AS_ON_A_DISK;
SEEN_TO_FAIL("6.1 6.12 6.18 7.3", "C5", "*");
BROKEN_BY("failure-stays-mapped", "*");
VARIANTS("anon", "rdma rdma_ro io_uring");

TEST_F(scene, in_swap_pinned)
{
	pageout(self, true);
	cpu_read(self, PARENT);
	in_swap_cache(self);
	pin(self);
	device_write(self);
	memory_fails(self, 1);
	cpu_read_refused(self, 1);
	unpin(self);
	dontneed(self, PARENT, PAGE(1));
	cpu_write(self, PARENT);
}
