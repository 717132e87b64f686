// SPDX-License-Identifier: GPL-2.0-only
/*
 * A write-protect round trip on one page of several, all pinned: the page stays
 * the pin's, its neighbours stay protected, and a huge page is split by it.
 * 								(C1, C3, C4)
 */
#include "case.h"

CASE("the round trip on one page of several, the others stay protected", "C1 C3 C4");
SEEN_TO_FAIL("5.10", "C1", "anon-* thp-* thp_pte-* zero-*");
SEEN_TO_FAIL("7.3-pin-skips-cow", "C1", "shmem_private-*");
SEEN_TO_FAIL("7.3-dma-by-page-table", "C4", "*-io_uring");
KNOWN_BROKEN("5.9", "5.19", "C1", "6c287605fd56",
	     "do_wp_page() copies an exclusive page whenever page_count() != 1 (09854ba94c6a)",
	     "anon-[!n]* thp_pte-[!n]* zero-[!n]* thp-[!n]*");
PATCHED("5.10-mapcount", "pass", "the number of mappings decides: a pin does not make a copy", "*");
PATCHED("5.10-pte-only", "pass", "write-protect is resolved from the page table alone", "*");
PATCHED("7.3-pin-skips-cow", "C1", "a pin for writing takes what is there",
	"shmem_private-* zero-*");
PATCHED("7.3-dma-by-page-table", "C4", "io_uring goes by the page table, not by the pin",
	"*-io_uring");

VARIANTS_ALL(io_uring);
VARIANT(anon, rdma);
VARIANT(thp, rdma);

TEST_F(scene, roundtrip_page)
{
	pin(self);
	wp(self);
	unwp_pages(self, PAGE(1));
	cpu_write_pages(self, PARENT, PAGE(1));
	device_write(self);
	wp_pages(self, PAGE(1));
	unwp(self);
	cpu_write(self, PARENT);
}
