// SPDX-License-Identifier: GPL-2.0-only
/*
 * With EVENT_FORK the child inherits the marks, also of a page that was copied
 * early because it is pinned; a write of either is noticed on its own uffd.
 * 								(C2, C3, C4)
 */
#include "case.h"

CASE("EVENT_FORK: the child keeps the marks, also of pinned pages", "C1 C2 C3 C4");
SEEN_TO_FAIL("5.10", "C1",
	     "anon-io_uring thp-io_uring thp_pte-io_uring zero-io_uring anon-rdma "
	     "thp-rdma swapped-io_uring");
SEEN_TO_FAIL("5.10", "C4", "zero-none");
SEEN_TO_FAIL("6.1", "C4", "hugetlb-io_uring hugetlb-rdma");
SEEN_TO_FAIL("7.3-no-early-copy", "C1", "shmem_private-io_uring");
SEEN_TO_FAIL("7.3-unwp-grants-write", "C2", "anon-none thp-none hugetlb-none shmem_private-none");
SEEN_TO_FAIL("7.3-dma-by-page-table", "C4", "shmem-io_uring mthp-io_uring hugetlb_shared-io_uring");
KNOWN_BROKEN("5.9", "5.19", "C1", "6c287605fd56",
	     "do_wp_page() copies an exclusive page whenever page_count() != 1 (09854ba94c6a)",
	     "anon-io_uring anon-rdma thp_pte-io_uring thp-io_uring thp-rdma "
	     "zero-io_uring swapped-io_uring");
KNOWN_BROKEN("5.7", "5.19", "C4", "c56d1b62cce8",
	     "fork() copies no page tables of memory without an anon_vma, so the zero page loses "
	     "its mark",
	     "zero-none");
KNOWN_BROKEN("5.19", "6.4", "C4", "5a2f8d22ace4",
	     "the early copy of a pinned hugetlb page drops the mark",
	     "hugetlb-io_uring hugetlb-rdma");
PATCHED("5.10-mapcount", "pass", "the number of mappings decides: a pin does not make a copy",
	"*-io_uring *-rdma");
PATCHED("5.10-pte-only", "pass", "write-protect is resolved from the page table alone",
	"*-io_uring *-rdma");
PATCHED("7.3-no-early-copy", "C1", "fork() shares pinned pages",
	"anon-io_uring thp-io_uring thp_pte-io_uring shmem_private-io_uring zero-io_uring "
	"anon-rdma thp-rdma");
PATCHED("7.3-no-early-copy", "C2", "fork() shares pinned pages", "hugetlb-io_uring hugetlb-rdma");
PATCHED("7.3-unwp-grants-write", "C2", "unprotecting makes writable whatever it is",
	"anon-none thp-none hugetlb-none shmem_private-none zero-none");
PATCHED("7.3-pin-skips-cow", "C1", "a pin for writing takes what is there",
	"shmem_private-io_uring");
PATCHED("7.3-pin-skips-cow", "C7", "a pin for writing takes what is there", "zero-io_uring");
PATCHED("7.3-dma-by-page-table", "C4", "io_uring goes by the page table, not by the pin",
	"*-io_uring");

VARIANTS_ALL(io_uring);
VARIANT(swapped, io_uring);
VARIANT(mthp, io_uring);
VARIANT(hugetlb_shared, io_uring);
VARIANTS_BRIEF(rdma);
VARIANT_NOPIN(anon);
VARIANT_NOPIN(thp);
VARIANT_NOPIN(hugetlb);
VARIANT_NOPIN(shmem_private);
VARIANT_NOPIN(zero);

TEST_F(scene, wp_event_fork)
{
	uffd_open(self, WP_EVENT_FORK);
	pin(self);
	wp(self);
	fork_child(self);
	child_write_under_wp(self, 0);
	write_under_wp(self, 0, UNPROTECT);
	device_write(self);
}
