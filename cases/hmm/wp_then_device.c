// SPDX-License-Identifier: GPL-2.0-only
/*
 * What is write-protected goes to a device and comes back, by a fault or because the device is told to.
 * The mark goes along in the entry that says where the page is.
 */
#include "case.h"

CASE("write-protect, to a device and back, write: the marks went along", "C3 C4");
SEEN_TO_FAIL("7.3-hmm-forgets-wp", "C4", "*");
SEEN_TO_FAIL("7.3-hmm-collect-forgets-wp", "C4", "anon-none");
SEEN_TO_FAIL("7.3-hmm-skips-registered", "C8", "anon-none");
SEEN_TO_FAIL("7.3-hmm-keeps-marked", "C8", "anon-none");
VARIANTS("anon thp thp_pte mthp swapped", "none");
VARIANTS("anon thp", "hmm");

TEST_F(scene, wp_then_device)
{
	uffd_open(self, 0);
	pin(self);
	wp(self);
	to_device(self, ALL_PAGES);
	from_device(self, PAGE(0));
	write_under_wp(self, 0, UNPROTECT);
	cpu_read(self, PARENT);
	write_under_wp(self, 1, EMULATE);
	to_device(self, PAGE(1));
	device_goes_away(self);
	marks_stay(self);
}
