// SPDX-License-Identifier: GPL-2.0-only
/*
 * Small pages that are shared after fork() are collapsed by the parent: it gets a
 * huge page of its own, the child keeps what it had.		(C2)
 */
#include "case.h"

CASE("fork, collapse, write by both: nobody sees the other", "C2");
SEEN_TO_FAIL("7.3-no-early-copy", "C1", "small_2m-io_uring");

VARIANTS("small_2m", "io_uring");

TEST_F(scene, collapse_fork)
{
	pin(self);
	fork_child(self);
	cpu_write_pages(self, CHILD, PAGE(0));
	thp_collapse(self);
	cpu_write(self, PARENT);
	cpu_write(self, CHILD);
	device_write(self);
}
