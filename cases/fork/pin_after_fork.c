// SPDX-License-Identifier: GPL-2.0-only
/*
 * A child has had the memory and is gone. The next write makes the page its owner's own again
 * (exclusive), and a pin relies on that: the next fork() must copy early, or the owner's write
 * goes to another page than the device has.
 */
#include "case.h"

CASE("fork, child gone, write, pin, fork again: the pin and the owner keep the page", "C1 C2");
SEEN_TO_FAIL("5.10", "C1", "hugetlb-io_uring");
SEEN_TO_FAIL("7.3-reuse-not-exclusive", "C1",
	     "anon-io_uring thp-io_uring thp_pte-io_uring mthp-io_uring");
BROKEN_BY("hugetlb-no-early-copy", "hugetlb-io_uring");
VARIANTS("anon thp thp_pte hugetlb mthp", "io_uring");

TEST_F(scene, pin_after_fork)
{
	fork_child(self);
	child_exit(self);
	cpu_write(self, PARENT);
	pin(self);
	fork_child(self);
	cpu_write(self, PARENT);
	device_write(self);
	cpu_write(self, CHILD);
}
