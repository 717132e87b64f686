// SPDX-License-Identifier: GPL-2.0-only
/*
 * MADV_FREE lets the kernel throw pages away until they are written to again. A device does so, in its own
 * memory.
 */
#include "case.h"

CASE("MADV\\_FREE, to a device, which writes, and back, reclaim: that is still there", "C0 C1");
SEEN_TO_FAIL("7.3-hmm", "C1", "*");
BROKEN_BY("device-write-stays-lazy", "*");
VARIANTS("anon", "none");

TEST_F(scene, lazyfree)
{
	lazyfree_and_device_fill(self);
	from_device(self, ALL_PAGES);
	pageout(self, true);
	cpu_read(self, PARENT);
}
