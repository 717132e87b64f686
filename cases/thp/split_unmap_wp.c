// SPDX-License-Identifier: GPL-2.0-only
/*
 * A write-protected PMD is split by munmap() of a page that no view looks at. Every page
 * that is left must have the uffd-wp bit.
 */
#include "case.h"

CASE("write-protect, split the PMD by munmap of a part: the uffd-wp bits stay", "C3 C4");
SEEN_TO_FAIL("7.3-split-forgets-wp", "C4", "*");
BROKEN_BY("copies-exclusive", "thp-io_uring");
VARIANTS("thp", "none io_uring");

TEST_F(scene, split_unmap_wp)
{
	pin(self);
	wp(self);
	thp_split(self, BY_MUNMAP);
	marks_stay(self);
	write_under_wp(self, 1, UNPROTECT);
	write_under_wp(self, 2, UNPROTECT);
	device_write(self);
}
