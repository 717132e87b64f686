// SPDX-License-Identifier: GPL-2.0-only
/*
 * A buffer begins in the middle of a page, and ends in the middle of the next. What is pinned
 * are both pages: also where fork() copies, and where the parent writes to the first of them
 * only, the device sees it in that part of it that is the buffer's.
 */
#include "case.h"

CASE("a pin from the middle of a page on, fork, the parent writes there: seen", "C1 C2");
SEEN_TO_FAIL("7.3-no-early-copy", "C1", "anon-* thp-* mthp-*");
SEEN_TO_FAIL("5.10", "C2", "hugetlb-*");
BROKEN_BY_AS("hugetlb-no-early-copy", "C2", "hugetlb-*");
VARIANTS("anon thp mthp hugetlb", "io_uring");
VARIANTS("anon hugetlb", "rdma");

TEST_F(scene, pin_lead)
{
	pin_range(self, 1, 1, 3973, 1000);
	cpu_write_pages(self, PARENT, PAGE(0));
	fork_child(self);
	cpu_write_pages(self, PARENT, PAGE(0));
	cpu_write_pages(self, CHILD, PAGE(0));
	cpu_write_pages(self, PARENT, PAGE(0));
	device_write(self);
	unpin(self);
	cpu_write(self, PARENT);
}
