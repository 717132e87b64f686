// SPDX-License-Identifier: GPL-2.0-only
/*
 * A page that has migrated must still be its owner's own (exclusive), and a pin relies on that: the
 * next fork() must copy early, or the owner's write goes to another page than the device has.
 */
#include "case.h"

CASE("migrate, pin, fork: the pin and the owner keep the page", "C1 C2");
SEEN_TO_FAIL("7.3-no-early-copy", "C1", "*");
BROKEN_BY("hugetlb-no-early-copy", "hugetlb-io_uring");
VARIANTS("ANON hugetlb mthp", "io_uring");

TEST_F(scene, pin_after)
{
	migrate(self);
	pin(self);
	fork_child(self);
	cpu_write(self, PARENT);
	device_write(self);
	cpu_write(self, CHILD);
}
