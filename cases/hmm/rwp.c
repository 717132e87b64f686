// SPDX-License-Identifier: GPL-2.0-only
/*
 * What is read-and-write protected goes to a device and comes back, because the device is told to, or
 * because somebody touches it. It must not be accessible then: the uffd bit alone does not stop a read.
 */
#include "case.h"

CASE("read-and-write protect, to a device and back: an access raises a notification", "C3 C4");
SEEN_TO_FAIL("7.3-hmm-forgets-rwp", "C3", "*");
VARIANTS("anon thp thp_pte", "none");

TEST_F(scene, rwp)
{
	uffd_open(self, FOR_RWP);
	wp(self);
	to_device(self, ALL_PAGES);
	from_device(self, PAGE(0));
	marks_stay(self);
	read_under_rwp(self, PARENT, 0);
	write_under_wp(self, 1, UNPROTECT);
}
