// SPDX-License-Identifier: GPL-2.0-only
/*
 * The mark survives the move: as a bit of the migration entry, and back. The write
 * is noticed. For a huge page by PMD that was forgotten by f45ec5ff16a7 (v5.7).
 * 								(C3, C4)
 */
#include "case.h"

CASE("write-protect, move: the mark stays and the write is noticed", "C3 C4");
SEEN_TO_FAIL("7.3-migration-forgets-wp", "C4", "*");
KNOWN_BROKEN("5.7", "6.1.26", "C3", "24bf08c4376b",
	     "a migration entry of a PMD has no mark, also if the page stays after all",
	     "thp-none");
PATCHED("7.3-migration-forgets-wp", "C4", "a migration entry forgets the mark", "*");
PATCHED("7.3-migration-grants-write", "C2", "what was migrated is writable", "ksm-none");
PATCHED("7.3-split-forgets-wp", "C4", "the split of a PMD forgets the mark", "thp-none");

VARIANTS_PRIVATE_NOPIN;
VARIANT_NOPIN(shmem);
VARIANT_NOPIN(hugetlb_shared);
VARIANT_NOPIN(mthp);
VARIANT_NOPIN(thp_one);
VARIANT_NOPIN(thp_remapped);
VARIANT_NOPIN(thp_shared);
VARIANT_NOPIN(ksm);
VARIANT_NOPIN(small_2m);

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
