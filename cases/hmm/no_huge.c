// SPDX-License-Identifier: GPL-2.0-only
/*
 * A device has no huge page for a huge one, and has it in pieces; and nor has the system when it is to come
 * back.
 */
#include "case.h"

CASE("a huge page, to a device that has none: it is there in pieces, with its marks", "C3 C4");
SEEN_TO_FAIL("7.3-hmm-split-forgets-wp", "C4", "*");
VARIANTS("thp thp_two", "none hmm");

TEST_F(scene, no_huge)
{
	uffd_open(self, 0);
	pin(self);
	wp(self);
	device_lacks_huge(self);
	to_device(self, ALL_PAGES);
	from_device(self, ALL_PAGES);
	write_under_wp(self, 0, UNPROTECT);
}
