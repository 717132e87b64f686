// SPDX-License-Identifier: GPL-2.0-only
/*
 * Clearing the soft-dirty bits write-protects, too. Pinned pages are left out
 * (9348b73c2e1b, v5.11, and 5.10.9); FOLL_GET references are not.	(C1)
 */
#include "case.h"

CASE("pin, clear soft-dirty, write: pin and page table still agree", "C1");
SEEN_TO_FAIL("5.10", "C1", "anon-odirect thp_pte-odirect");
SEEN_TO_FAIL("5.10-always-copy", "C1", "thp-*");
SEEN_TO_FAIL("7.3-pin-skips-cow", "C1", "shmem_private-* swapped-io_uring");
SEEN_TO_FAIL("7.3-pin-skips-cow", "C7", "zero-io_uring");
NOT_SEEN_TO_FAIL("clear_refs leaves pinned pages writable since 9348b73c2e1b, which 5.10 has",
		 "anon-io_uring anon-rdma");
KNOWN_BROKEN("5.9", "5.19", "C1", "6c287605fd56",
	     "soft-dirty clearing protects pages with FOLL_GET references, and do_wp_page() copies "
	     "them",
	     "anon-odirect thp_pte-odirect");
PATCHED("5.10-mapcount", "pass", "the number of mappings decides: a pin does not make a copy", "*");
PATCHED("5.10-always-copy", "C1", "THP and swap-in count references, too: a pin makes a copy",
	"thp-*");
PATCHED("7.3-pin-skips-cow", "C1", "a pin for writing takes what is there", "shmem_private-*");
PATCHED("7.3-pin-skips-cow", "C7", "a pin for writing takes what is there", "zero-*");
OBSERVES("soft_dirty_after_clear", "how many pages still count as written right after the clear");

VARIANT(anon, io_uring);
VARIANT(thp, io_uring);
VARIANT(shmem_private, io_uring);
VARIANT(zero, io_uring);
VARIANT(swapped, io_uring);
VARIANT(anon, rdma);
VARIANT(thp, rdma);
VARIANTS_ANON(odirect);

TEST_F(scene, soft_dirty)
{
	pin(self);
	soft_dirty_clear(self);
	cpu_write(self, PARENT);
	device_write(self);
}
