// SPDX-License-Identifier: GPL-2.0-only
/*
 * Compaction moves write-protected pages. The uffd-wp bit must move along.
 */
#include "case.h"

CASE("write-protect, compact memory: the uffd-wp bit stays", "C3 C4");
SEEN_TO_FAIL("7.3-migration-forgets-wp", "C4", "*");
VARIANTS("anon shmem shmem_private", "none");

TEST_F(scene, compact_wp)
{
	holes_around(self);
	wp(self);
	compact(self);
	marks_stay(self);
	write_under_wp(self, 0, UNPROTECT);
}
