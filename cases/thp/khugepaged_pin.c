// SPDX-License-Identifier: GPL-2.0-only
/*
 * khugepaged makes a huge page of small ones, if it finds nothing in the way: a pin is, also where
 * a child shares what is not pinned.
 */
#include "case.h"

CASE("khugepaged scans memory that is pinned in part: a pin keeps its page", "C0 C1 C2");
SEEN_TO_FAIL("7.3-collapse-takes-pinned", "C1", "*");
VARIANTS("small_2m", "io_uring rdma");

TEST_F(scene, khugepaged_pin)
{
	pin_pages(self, PAGE(1));
	khugepaged_scan(self);
	device_write(self);
	fork_child(self);
	khugepaged_scan(self);
	cpu_write(self, PARENT);
	device_write(self);
}
