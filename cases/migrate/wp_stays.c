// SPDX-License-Identifier: GPL-2.0-only
/*
 * The uffd-wp bit must survive migration: into a bit of the migration entry, and back.
 * The next write must raise a notification. f45ec5ff16a7 forgot the bit of a huge page
 * that is mapped by a PMD.
 */
#include "case.h"

CASE("write-protect, migrate: the uffd-wp bit stays, and a write raises a notification", "C3 C4");
SEEN_TO_FAIL("7.3-migration-forgets-wp", "C4", "*");
BROKEN_BY("thp-migration-forgets-wp", "thp-none");
VARIANTS("PRIVATE shmem hugetlb_shared mthp thp_one thp_remapped thp_shared ksm small_2m", "none");

TEST_F(scene, wp_stays)
{
	wp(self);
	migrate(self);
	marks_stay(self);
	write_under_wp(self, 0, UNPROTECT);
	migrate(self);
	unwp(self);
	cpu_write(self, PARENT);
}
