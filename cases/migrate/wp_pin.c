// SPDX-License-Identifier: GPL-2.0-only
/*
 * Pinned and write-protected: the move is refused, the mark stays, a write is
 * noticed, and then goes where the device sees it.		(C1, C3, C4)
 */
#include "case.h"

CASE("pin, write-protect, move: neither pin nor mark is lost", "C1 C3 C4");
SEEN_TO_FAIL("7.3-migrates-pinned", "C1", "*");
KNOWN_BROKEN("5.9", "5.19", "C1", "6c287605fd56",
	     "do_wp_page() copies an exclusive page whenever page_count() != 1 (09854ba94c6a)",
	     "anon-* thp_pte-* zero-*");
KNOWN_BROKEN("5.7", "6.1.26", "C3", "24bf08c4376b",
	     "a migration entry of a PMD has no mark, also if the page stays after all", "thp-*");
PATCHED("7.3-pin-skips-cow", "C1", "a pin for writing takes what is there", "shmem_private-*");
PATCHED("7.3-pin-skips-cow", "C7", "a pin for writing takes what is there", "zero-*");
PATCHED("7.3-migrates-pinned", "C1", "pinned pages are migrated", "*");
PATCHED("7.3-migration-forgets-wp", "C4", "a migration entry forgets the mark",
	"shmem-* hugetlb_shared-io_uring");
PATCHED("7.3-split-forgets-wp", "C4", "the split of a PMD forgets the mark", "thp-*");

VARIANTS_ALL(io_uring);
VARIANT(mthp, io_uring);
VARIANT(hugetlb_shared, io_uring);
VARIANTS_BRIEF(rdma);
VARIANT(shmem, rdma);
VARIANT(anon, odirect);
VARIANT(anon, rdma_ro);

TEST_F(scene, wp_pin)
{
	pin(self);
	wp(self);
	migrate(self);
	write_under_wp(self, 0, UNPROTECT);
	device_write(self);
	unwp(self);
	cpu_write(self, PARENT);
}
