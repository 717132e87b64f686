// SPDX-License-Identifier: GPL-2.0-only
/*
 * P: read-and-write protect; page out. The mark goes to swap with the page
 * and comes back with it: the first access is noticed.		(C3, C4)
 */
#include "case.h"

CASE("read-and-write protect, swap out: an access is still noticed", "C3 C4");
SEEN_TO_FAIL("7.3-rwp-read-unnoticed", "C3", "*");

VARIANTS("anon thp swapped", "none");

TEST_F(scene, swapped)
{
	uffd_open(self, FOR_RWP);
	wp(self);
	pageout(self, true);
	marks_stay(self);
	read_under_rwp(self, PARENT, 0);
	write_under_wp(self, 1, UNPROTECT);
}
