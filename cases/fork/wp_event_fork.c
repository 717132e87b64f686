// SPDX-License-Identifier: GPL-2.0-only
/*
 * With EVENT_FORK the child inherits the marks, also of a page that was copied
 * early because it is pinned; a write of either is noticed on its own uffd.
 * 								(C2, C3, C4)
 */
#include "case.h"

CASE("EVENT_FORK: the child keeps the marks, also of pinned pages", "C1 C2 C3 C4");
SEEN_TO_FAIL("Debian 5.10.262: anon thp thp_pte zero by io_uring rdma, zero; Debian "
	     "6.1.192: hugetlb by io_uring rdma");
KNOWN_BROKEN("5.9", "5.19", "6c287605fd56",
	     "do_wp_page() copies an exclusive page whenever page_count() != 1 (09854ba94c6a)",
	     "anon-io_uring anon-rdma thp_pte-io_uring thp_pte-rdma thp-io_uring thp-rdma "
	     "zero-io_uring zero-rdma");
KNOWN_BROKEN("5.7", "5.19", "c56d1b62cce8",
	     "fork() copies no page tables of memory without an anon_vma, so the zero page loses "
	     "its mark",
	     "zero-none");
KNOWN_BROKEN("5.19", "6.4", "5a2f8d22ace4",
	     "the early copy of a pinned hugetlb page drops the mark",
	     "hugetlb-io_uring hugetlb-rdma");

VARIANTS_ALL(io_uring);
VARIANTS_ALL(rdma);
VARIANTS_ALL_NOPIN;

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
