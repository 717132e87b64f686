// SPDX-License-Identifier: GPL-2.0-only
/*
 * A huge page is in a device, whose page table was told to forget it. The device asks for a part of it,
 * and must be given that part.
 */
#include "case.h"

CASE("a huge page, to a device, mprotect(), the device reads part of it: it is that part", "C1");
SEEN_TO_FAIL("7.3-hmm", "C1", "*");
BROKEN_BY("hmm-huge-wrong-page", "*");
VARIANTS("thp thp_two", "hmm");

TEST_F(scene, part)
{
	pin(self);
	to_device(self, ALL_PAGES);
	mprotect_ro(self);
	mprotect_rw(self);
	from_device(self, ALL_PAGES);
}
