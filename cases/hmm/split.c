// SPDX-License-Identifier: GPL-2.0-only
/* A huge page in a device is mapped in pieces from the time on that a part of it is given up. */
#include "case.h"

CASE("write-protect a huge page, to a device, split: the marks stay", "C4");
SEEN_TO_FAIL("7.3-hmm-split-forgets-wp", "C4", "*");
VARIANTS("thp thp_two", "none");

TEST_F(scene, split)
{
	uffd_open(self, 0);
	wp(self);
	to_device(self, ALL_PAGES);
	dontneed(self, PARENT, PAGE(1));
	marks_stay(self);
	cpu_read(self, PARENT);
	write_under_wp(self, 0, UNPROTECT);
}
