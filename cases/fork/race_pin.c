// SPDX-License-Identifier: GPL-2.0-only
/*
 * One thread takes a pin while another forks, and has copied the entry of the first page.
 * GUP-fast walks the page tables without a lock, so it could pin a page while fork() was making
 * it shared, and then the child got the pinned page. Since 57efa1fe5957 (v5.11) GUP-fast detects
 * that fork() is running and takes the slow path, which waits.
 *
 * The moment between the question whether a page is pinned and its write protection is inside
 * a spinlock, where fork() cannot be held in the guest. An MR cannot be tested like that:
 * registering one allocates memory, and libc blocks allocations while it forks.
 */
#include "case.h"

CASE("a pin and fork at the same time: the result is as if one came first", "C1 C2");
SEEN_TO_FAIL("7.3-early-copy-is-empty", "C1",
	     "anon-* thp-* thp_pte-* shmem_private-* zero-* mthp-*");
SEEN_TO_FAIL("7.3-no-early-copy", "C1", "*");
BROKEN_BY("hugetlb-no-early-copy", "hugetlb-*");
VARIANTS("PRIVATE zero mthp", "io_uring");
VARIANTS("anon", "io_uring_slot");

TEST_F(scene, race_pin)
{
	/* What a copy loses that went wrong is then the device's, in each cell that it writes to. */
	pin(self);
	for (int i = 0; i < 3; i++) {
		cpu_write(self, PARENT);
		device_write(self);
	}
	unpin(self);
	while (race_round(self)) {
		race(self, &act_fork, COPIED(0), &act_pin);
		cpu_write(self, PARENT);
		device_write(self);
		child_exit(self);
		unpin(self);
	}
	pin(self);
	fork_child(self);
	cpu_write(self, PARENT);
	device_write(self);
}
