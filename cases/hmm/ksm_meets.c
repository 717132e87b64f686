// SPDX-License-Identifier: GPL-2.0-only
/*
 * Pages that are merged are asked to go to a device. Then there are others that hold the same: ksmd
 * compares them, by what they hold.
 */
#include "case.h"

CASE("merged pages, to a device, ksmd meets others like them: nothing is lost", "C0 C8");
SEEN_TO_FAIL("7.3-hmm", "C8", "ksm-none");
NOT_SEEN_TO_FAIL("what is not merged when it goes ksmd does not meet there: the control",
		 "anon-none");
BROKEN_BY("device-takes-merged", "ksm-none");
VARIANTS("ksm anon", "none");

TEST_F(scene, ksm_meets)
{
	to_device(self, ALL_PAGES);
	ksm_scan(self);
	cpu_read(self, PARENT);
	cpu_write(self, PARENT);
}
