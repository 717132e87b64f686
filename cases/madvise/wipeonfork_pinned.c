// SPDX-License-Identifier: GPL-2.0-only
/*
 * With MADV_WIPEONFORK the child finds zeros, and so does the grandchild. Nothing is
 * shared, so nothing is write-protected for COW, and the parent keeps the pinned page.
 * The uffd-wp bits are not inherited either, even with EVENT_FORK, because no page table
 * entries are copied that could hold them.
 */
#include "case.h"

CASE("MADV_WIPEONFORK: children find zeros and no uffd-wp bits, and the pin agrees", "C1 C2 C4");
SEEN_TO_FAIL("7.3-wipeonfork-ignored", "C2", "anon-* thp-* thp_pte-* mthp-* swapped-io_uring");
SEEN_TO_FAIL("7.3-wipeonfork-ignored", "C4", "zero-io_uring swapped-none");
BROKEN_BY("copies-exclusive", "anon-[!n]* thp-[!n]* thp_pte-* zero-* swapped-[!n]*");
VARIANTS("ANON zero mthp swapped", "io_uring");
VARIANTS("anon thp", "rdma");
VARIANTS("anon thp swapped", "none");

TEST_F(scene, wipeonfork_pinned)
{
	uffd_open(self, WP_EVENT_FORK);
	pin(self);
	wp(self);
	wipeonfork(self);
	fork_child(self);
	cpu_write(self, CHILD);
	write_under_wp(self, 0, UNPROTECT);
	device_write(self);
	fork_grandchild(self);
	cpu_write(self, GRANDCHILD);
	cpu_write(self, CHILD);
	unwp(self);
	cpu_write(self, PARENT);
	device_write(self);
}
