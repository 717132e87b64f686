// SPDX-License-Identifier: GPL-2.0-only
/*
 * The mark survives the move: as a bit of the migration entry, and back. The write
 * is noticed. For a huge page by PMD that was forgotten by f45ec5ff16a7 (v5.7).
 * 								(C3, C4)
 */
#include "case.h"

CASE("write-protect, move: the mark stays and the write is noticed", "C3 C4");
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
