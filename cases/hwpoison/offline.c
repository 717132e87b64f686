// SPDX-License-Identifier: GPL-2.0-only
/*
 * A frame is taken out of use before it fails: the page moves to another, and all that there was to
 * know of it goes along.
 */
#include "case.h"

CASE("write-protect, take a page's frame out of use: the mark stays, and is noticed", "C1 C3 C4");
SEEN_TO_FAIL("7.3-faults-migration-forgets-wp", "C4", "*");
VARIANTS("anon thp thp_pte hugetlb shmem shmem_private hugetlb_shared", "none");

TEST_F(scene, offline)
{
	wp(self);
	soft_offline(self, 1);
	marks_stay(self);
	write_under_wp(self, 1, UNPROTECT);
	soft_offline(self, 1);
	unwp(self);
	cpu_write(self, PARENT);
}
