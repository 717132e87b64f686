// SPDX-License-Identifier: GPL-2.0-only
/*
 * The parent has pinned some of 512 small pages, shares the others with a child, and asks
 * for a collapse. It must be refused because of the pin. The child must keep what it had,
 * and pin and page table must agree.
 */
#include "case.h"

CASE("pin, fork, collapse, write by both: neither process sees what the other writes", "C2");
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
