// SPDX-License-Identifier: GPL-2.0-only
/*
 * With EVENT_FORK the child inherits the uffd-wp bits, including those of pages that were
 * copied early because they are pinned. A write by either process must cause a write
 * notification on its own userfaultfd, and the pin must stay with the parent's page.
 */
#include "case.h"

CASE("EVENT_FORK: the child keeps the uffd-wp bits, also of pinned pages", "C1 C2 C3 C4");
SEEN_TO_FAIL("5.10", "C1",
	     "anon-io_uring anon-rdma thp-io_uring thp-rdma thp_pte-* zero-io_uring swapped-*");
SEEN_TO_FAIL("5.10", "C4", "zero-none");
SEEN_TO_FAIL("6.1", "C4", "hugetlb-io_uring hugetlb-rdma");
SEEN_TO_FAIL("7.3-no-early-copy", "C1", "shmem_private-io_uring");
SEEN_TO_FAIL("7.3-unwp-grants-write", "C2", "anon-none thp-none hugetlb-none shmem_private-none");
SEEN_TO_FAIL("7.3-dma-by-page-table", "C4", "shmem-io_uring mthp-io_uring hugetlb_shared-io_uring");
BROKEN_BY("copies-exclusive",
	  "anon-io_uring anon-rdma thp-io_uring thp-rdma thp_pte-* zero-io_uring swapped-*");
BROKEN_BY("fork-skips-page-tables", "zero-none");
BROKEN_BY("hugetlb-fork-copies-wp", "hugetlb-io_uring hugetlb-rdma");
PATCHED("5.10-mapcount 5.10-pte-only", "pass", "*-io_uring *-rdma");
VARIANTS("ALL swapped mthp hugetlb_shared", "io_uring");
VARIANTS("BRIEF", "rdma");
VARIANTS("BRIEF shmem_private zero", "none");

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
