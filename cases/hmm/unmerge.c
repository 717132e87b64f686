// SPDX-License-Identifier: GPL-2.0-only
/*
 * Pages that are merged are asked to go to a device, and then to be merged no more. ksmd forgets who had
 * them: they must still be there.
 */
#include "case.h"

CASE("merged pages, to a device, MADV_UNMERGEABLE: they can be read", "C0 C8");
SEEN_TO_FAIL("7.3-hmm", "C8", "*");
BROKEN_BY("device-takes-merged", "*");
VARIANTS("ksm", "none");

TEST_F(scene, unmerge)
{
	to_device(self, ALL_PAGES);
	ksm_unmerge(self);
	ksm_passes(self);
	cpu_read(self, PARENT);
	cpu_write(self, PARENT);
}
