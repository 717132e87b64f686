// SPDX-License-Identifier: GPL-2.0-only
/*
 * Parent and child share a huge page. It goes to a device that has it in pieces: so it must be in both.
 */
#include "case.h"

CASE("fork, a huge page, to a device that has none, everybody writes: each sees its own", "C2 C8");
SEEN_TO_FAIL("7.3-hmm", "C8", "*");
BROKEN_BY("device-splits-one-mapping", "*");
VARIANTS("thp thp_two", "none");

TEST_F(scene, no_huge_shared)
{
	fork_child(self);
	device_lacks_huge(self);
	to_device(self, ALL_PAGES);
	cpu_write(self, CHILD);
	cpu_write(self, PARENT);
}
