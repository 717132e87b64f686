// SPDX-License-Identifier: GPL-2.0-only
/*
 * What is in a device was made read-only there, and may be written to again. The device asks for that
 * before it writes, as it does for memory that is not its own.
 */
#include "case.h"

CASE("to a device, write-protect, un-protect, the device writes: it may", "C1 C8");
SEEN_TO_FAIL("7.3-hmm", "C8", "*");
BROKEN_BY("hmm-write-not-asked", "*");
VARIANTS("anon thp_pte mthp", "hmm");

TEST_F(scene, write_asked)
{
	pin(self);
	to_device(self, ALL_PAGES);
	wp(self);
	unwp(self);
	device_write(self);
	cpu_read(self, PARENT);
}
