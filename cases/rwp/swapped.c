// SPDX-License-Identifier: GPL-2.0-only
/*
 * The protection must go to swap with the page and come back with it: the first access
 * must raise a notification.
 */
#include "case.h"

CASE("read-and-write protect, swap out: an access still raises a notification", "C3 C4");
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
