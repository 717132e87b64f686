// SPDX-License-Identifier: GPL-2.0-only
/*
 * Flow A, tracking: WP, write fault, notification, unprotect, wake, retry. Each
 * write is noticed once, is not visible anywhere before it is resolved, and then
 * lands in the writer's own page, which is the pinned one.	(C1, C3)
 */
#include "case.h"

CASE("flow A: write fault, notification, unprotect, retry, with a pin", "C1 C3");
SEEN_TO_FAIL("5.10", "C1",
	     "anon-io_uring thp-io_uring thp_pte-* zero-io_uring anon-rdma thp-rdma "
	     "anon-odirect anon-rdma_ro swapped-io_uring");
SEEN_TO_FAIL("7.3-unwp-grants-write", "C2", "shmem_private-none");
SEEN_TO_FAIL("7.3-unwp-grants-write", "C3", "zero-none");
SEEN_TO_FAIL("7.3-pin-skips-cow", "C1", "shmem_private-io_uring");
SEEN_TO_FAIL("7.3-dma-by-page-table", "C4", "shmem-io_uring");
NOT_SEEN_TO_FAIL("no pin and nobody who shares the page: the control", "anon-none");
KNOWN_BROKEN("5.9", "5.19", "C1", "6c287605fd56",
	     "do_wp_page() copies an exclusive page whenever page_count() != 1 (09854ba94c6a)",
	     "anon-[!n]* thp_pte-[!n]* zero-[!n]* thp-[!n]* swapped-io_uring");
PATCHED("5.10-mapcount", "pass", "the number of mappings decides: a pin does not make a copy", "*");
PATCHED("5.10-pte-only", "pass", "write-protect is resolved from the page table alone", "*");
PATCHED("7.3-unwp-grants-write", "C2", "unprotecting makes writable whatever it is",
	"shmem_private-none");
PATCHED("7.3-unwp-grants-write", "C3", "unprotecting makes writable whatever it is", "zero-none");
PATCHED("7.3-pin-skips-cow", "C1", "a pin for writing takes what is there",
	"shmem_private-io_uring zero-io_uring");
PATCHED("7.3-dma-by-page-table", "C4", "io_uring goes by the page table, not by the pin",
	"anon-io_uring thp-io_uring thp_pte-io_uring shmem_private-io_uring "
	"shmem-io_uring zero-io_uring");

VARIANTS_ANON(io_uring);
VARIANT(shmem_private, io_uring);
VARIANT(shmem, io_uring);
VARIANT(zero, io_uring);
VARIANT(swapped, io_uring);
VARIANT(anon, rdma);
VARIANT(thp, rdma);
VARIANT(anon, odirect);
VARIANT(anon, rdma_ro);
VARIANT_NOPIN(anon);
VARIANT_NOPIN(shmem_private);
VARIANT_NOPIN(zero);

TEST_F(scene, track)
{
	pin(self);
	wp(self);
	write_under_wp(self, 1, UNPROTECT);
	write_under_wp(self, 0, UNPROTECT);
	device_write(self);
	unwp(self);
	cpu_write(self, PARENT);
}
