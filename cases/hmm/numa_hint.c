// SPDX-License-Identifier: GPL-2.0-only
/*
 * NUMA balancing takes the rights from what is mapped, to see who uses it. What is in a device nobody
 * maps: it must be left as it is.
 */
#include "case.h"

CASE("to a device, NUMA balancing scans, the device writes: it may", "C1 C8");
SEEN_TO_FAIL("7.3-hmm", "C8", "*");
BROKEN_BY("hmm-write-not-asked", "*");
VARIANTS("anon thp_pte", "hmm");

TEST_F(scene, numa_hint)
{
	pin(self);
	to_device(self, ALL_PAGES);
	numa_hint(self);
	device_write(self);
	cpu_read(self, PARENT);
}
