// SPDX-License-Identifier: GPL-2.0-only
/*
 * Flow A, tracking, with the wake as a step of its own (MODE_DONTWAKE, UFFDIO_WAKE): the
 * writer sleeps on while the page is writable already.		(C1, C3)
 */
#include "case.h"

CASE("flow A, unprotect without waking, then wake", "C1 C3");
SEEN_TO_FAIL("5.10", "C1", "*-io_uring *-rdma");
NOT_SEEN_TO_FAIL("no pin and nobody who shares the page: the control", "anon-none");
KNOWN_BROKEN("5.9", "5.19", "C1", "6c287605fd56",
	     "do_wp_page() copies an exclusive page whenever page_count() != 1 (09854ba94c6a)",
	     "anon-[!n]* thp_pte-[!n]* thp-[!n]*");
PATCHED("5.10-mapcount", "pass", "the number of mappings decides: a pin does not make a copy", "*");
PATCHED("5.10-pte-only", "pass", "write-protect is resolved from the page table alone", "*");
PATCHED("7.3-dma-by-page-table", "C4", "io_uring goes by the page table, not by the pin",
	"*-io_uring");

VARIANTS_ANON(io_uring);
VARIANT(anon, rdma);
VARIANT(thp, rdma);
VARIANT_NOPIN(anon);

TEST_F(scene, track_wake)
{
	pin(self);
	wp(self);
	write_under_wp(self, 1, UNPROTECT_THEN_WAKE);
	device_write(self);
}
