// SPDX-License-Identifier: GPL-2.0-only
/*
 * Pin, write-protect, fork, and the child is gone before anybody writes.
 * 								(C1, C2, C4)
 */
#include "case.h"

CASE("pin, write-protect, fork, child exits, unprotect, parent writes", "C1 C2 C4");
SEEN_TO_FAIL("5.10", "C1",
	     "anon-io_uring thp-io_uring thp_pte-io_uring zero-io_uring anon-rdma "
	     "thp-rdma");
SEEN_TO_FAIL("6.1", "C4", "hugetlb-none");
SEEN_TO_FAIL("7.3-no-early-copy", "C1", "shmem_private-io_uring");
SEEN_TO_FAIL("7.3-unwp-grants-write", "C1", "zero-none");
SEEN_TO_FAIL("7.3-unwp-grants-write", "C2", "shmem_private-none");
SEEN_TO_FAIL("7.3-fork-keeps-marks", "C4", "anon-none thp-none");
KNOWN_BROKEN("5.9", "5.19", "C1", "6c287605fd56",
	     "do_wp_page() copies an exclusive page whenever page_count() != 1 (09854ba94c6a)",
	     "anon-io_uring anon-rdma thp_pte-io_uring thp-io_uring thp-rdma "
	     "zero-io_uring");
KNOWN_BROKEN("5.19", "6.4", "C4", "5a2f8d22ace4",
	     "fork() copies the mark of a hugetlb page to a child that is not registered",
	     "hugetlb-none");
PATCHED("5.10-mapcount", "pass", "the number of mappings decides: a pin does not make a copy", "*");
PATCHED("5.10-pte-only", "pass", "write-protect is resolved from the page table alone", "*");
PATCHED("7.3-no-early-copy", "C1", "fork() shares pinned pages",
	"anon-io_uring thp-io_uring thp_pte-io_uring shmem_private-io_uring "
	"zero-io_uring anon-rdma thp-rdma");
PATCHED("7.3-unwp-grants-write", "C1", "unprotecting makes writable whatever it is", "zero-none");
PATCHED("7.3-unwp-grants-write", "C2", "unprotecting makes writable whatever it is",
	"shmem_private-none");
PATCHED("7.3-pin-skips-cow", "C1", "a pin for writing takes what is there",
	"shmem_private-io_uring");
PATCHED("7.3-pin-skips-cow", "C7", "a pin for writing takes what is there", "zero-io_uring");

VARIANTS_ANON(io_uring);
VARIANT(shmem_private, io_uring);
VARIANT(zero, io_uring);
VARIANT(anon, rdma);
VARIANT(thp, rdma);
VARIANT_NOPIN(anon);
VARIANT_NOPIN(thp);
VARIANT_NOPIN(hugetlb);
VARIANT_NOPIN(shmem_private);
VARIANT_NOPIN(zero);

TEST_F(scene, wp_child_gone)
{
	pin(self);
	wp(self);
	fork_child(self);
	child_exit(self);
	unwp(self);
	cpu_write(self, PARENT);
	device_write(self);
}
