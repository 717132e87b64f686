// SPDX-License-Identifier: GPL-2.0-only
/*
 * NUMA balancing takes the rights from a page that is write-protected and gives
 * them back at the next touch: the right to read, not the right to write.
 * 								(C3, C4)
 */
#include "case.h"

CASE("write-protect, NUMA hinting: the mark stays and the write is noticed", "C3 C4");
SEEN_TO_FAIL("7.3-numa-grants-write", "C3", "*-none");
SEEN_TO_FAIL("7.3-migration-forgets-wp", "C4", "*-none");
SEEN_TO_FAIL("7.3-migrates-pinned", "C1", "*-io_uring");
KNOWN_BROKEN("5.9", "5.19", "C1", "6c287605fd56",
	     "do_wp_page() copies an exclusive page whenever page_count() != 1 (09854ba94c6a)",
	     "anon-io_uring");
KNOWN_BROKEN("5.7", "6.1.26", "C3", "24bf08c4376b",
	     "a migration entry of a PMD has no mark, also if the page stays after all",
	     "thp-none");
PATCHED("7.3-migrates-pinned", "C1", "pinned pages are migrated", "*-io_uring");
PATCHED("7.3-migration-forgets-wp", "C4", "a migration entry forgets the mark", "*-none");
PATCHED("7.3-split-forgets-wp", "C4", "the split of a PMD forgets the mark", "thp-none");

VARIANT_NOPIN(anon);
VARIANT_NOPIN(thp);
VARIANT_NOPIN(shmem);
VARIANT(anon, io_uring);
VARIANT(shmem, io_uring);

TEST_F(scene, numa_hint_wp)
{
	migrate(self);
	pin(self);
	wp(self);
	numa_hint(self);
	write_under_wp(self, 0, UNPROTECT);
	unwp(self);
	cpu_write(self, PARENT);
}
