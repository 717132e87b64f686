// SPDX-License-Identifier: GPL-2.0-only
/*
 * A page that is write-protected is being written to swap. Its mark is in its swap entry, and the page is in
 * the swap cache.
 */
#include "case.h"

CASE("write-protect, write to a page that is being written to swap: it is noticed", "C3 C4");
SWAP_AS_ON_A_DISK;
SEEN_TO_FAIL("7.3-swap-forgets-wp", "C4", "*");
VARIANTS("anon", "none");

TEST_F(scene, writing_wp)
{
	wp(self);
	disk_stops(self);
	pageout(self, true);
	being_written(self);
	write_under_wp(self, 0, UNPROTECT);
	wp(self);
	write_under_wp(self, 1, UNPROTECT);
	disk_goes(self);
	write_under_wp(self, 2, UNPROTECT);
}
