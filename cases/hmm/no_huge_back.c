// SPDX-License-Identifier: GPL-2.0-only
/* A huge page in a device, and the system has none when it is to come back. */
#include "case.h"

CASE("a huge page, to a device, and there is none to come back to: the marks are there", "C3 C4");
SEEN_TO_FAIL("7.3-hmm-split-forgets-wp", "C4", "*");
VARIANTS("thp thp_two", "none");

TEST_F(scene, no_huge_back)
{
	uffd_open(self, 0);
	wp(self);
	to_device(self, ALL_PAGES);
	device_lacks_huge(self);
	cpu_read(self, PARENT);
	write_under_wp(self, 0, UNPROTECT);
}
