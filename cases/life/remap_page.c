// SPDX-License-Identifier: GPL-2.0-only
/*
 * mremap() of one page, away and back, without EVENT_REMAP: its pins go along, its uffd-wp bit does
 * not, and it is not registered where it goes. The others keep theirs, and a child does not see what is
 * written meanwhile.
 */
#include "case.h"

CASE("one page that is pinned and write-protected moves away and back", "C0 C1 C2 C3 C4 C8");
SEEN_TO_FAIL("7.3-mremap-keeps-wp", "C4", "*");
BROKEN_BY("copies-exclusive",
	  "anon-io_uring anon-rdma thp-io_uring thp-rdma thp_pte-io_uring thp_pte-rdma");
BROKEN_BY("wp-one-mapping", "zero-none shmem_private-none hugetlb-none hugetlb_shared-none");
VARIANTS("ANON swapped zero shmem shmem_private hugetlb hugetlb_shared", "none");
VARIANTS("anon thp thp_pte shmem", "io_uring rdma");

TEST_F(scene, remap_page)
{
	pin(self);
	wp(self);
	remap_page(self, 1);
	write_under_wp(self, 0, UNPROTECT);
	fork_child(self);
	remap_page(self, 0);
	cpu_write_pages(self, PARENT, PAGE(0));
	wp(self);
	write_under_wp(self, 1, UNPROTECT);
	unwp(self);
	cpu_write(self, PARENT);
	device_write(self);
}
