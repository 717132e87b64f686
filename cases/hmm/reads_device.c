// SPDX-License-Identifier: GPL-2.0-only
/*
 * The kernel's own driver for such tests, lib/test_hmm.c: a device reads its own memory after it was told
 * to forget where that is. Without it none of this can be tested.
 */
#include "case.h"

CASE("to a device, write-protect, the device reads: it reaches its memory", "C8");
SEEN_TO_FAIL("7.3-hmm-src", "C8", "*");
BROKEN_BY("test-hmm-reads-device", "*");
VARIANTS("anon", "hmm");

TEST_F(scene, reads_device)
{
	pin(self);
	to_device(self, ALL_PAGES);
	wp(self);
	unwp(self);
}
