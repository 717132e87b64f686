// SPDX-License-Identifier: GPL-2.0-only
/*
 * mprotect() to read-only and back must not part a pin from its page: the page
 * is exclusive and is reused on the next write.			(C1)
 * A PMD-mapped THP was reused by mapcount and held.
 */
#include "case.h"

CASE("pin, mprotect R and back, write: pin and page table still agree", "C1");
SEEN_TO_FAIL("5.10", "C1",
	     "anon-* thp_pte-* shmem_private-* zero-* swapped-io_uring "
	     "thp_one-io_uring thp_remapped-io_uring thp_shared-io_uring "
	     "zero_huge-io_uring");
SEEN_TO_FAIL("5.10-always-copy", "C1", "thp-*");
KNOWN_BROKEN("5.9", "5.19", "C1", "6c287605fd56",
	     "do_wp_page() copies an exclusive page whenever page_count() != 1 (09854ba94c6a)",
	     "anon-[!n]* thp_pte-[!n]* zero-[!n]* shmem_private-* "
	     "swapped-io_uring thp_one-io_uring thp_remapped-io_uring "
	     "thp_shared-io_uring zero_huge-io_uring");
PATCHED("5.10-mapcount", "pass", "the number of mappings decides: a pin does not make a copy", "*");
PATCHED("5.10-always-copy", "C1", "THP and swap-in count references, too: a pin makes a copy",
	"thp-*");
PATCHED("7.3-pin-skips-cow", "C1", "a pin for writing takes what is there",
	"shmem_private-* zero-*");

VARIANTS_ANON(io_uring);
VARIANT(shmem_private, io_uring);
VARIANT(zero, io_uring);
VARIANT(swapped, io_uring);
VARIANT(thp_one, io_uring);
VARIANT(thp_remapped, io_uring);
VARIANT(thp_shared, io_uring);
VARIANT(zero_huge, io_uring);
VARIANT(anon, rdma);
VARIANT(thp, rdma);
VARIANTS_ANON(odirect);

TEST_F(scene, mprotect_roundtrip)
{
	pin(self);
	mprotect_ro(self);
	mprotect_rw(self);
	cpu_write(self, PARENT);
	device_write(self);
}
