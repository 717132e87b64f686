// SPDX-License-Identifier: GPL-2.0-only
/*
 * While UFFDIO_COPY waits for what it copies another one fills the page: the later one is refused.
 */
#include "case.h"

CASE("UFFDIO_COPY waits for what it copies, another fills the page: the first stays", "C0 C2");
SEEN_TO_FAIL("7.3-copy-over-page", "C2", "anon-* shmem_private-* hugetlb-*");
NOT_SEEN_TO_FAIL("no kernel is to be had: the page cache refuses a second page by itself",
		 "shmem-* hugetlb_shared-*");
VARIANTS("anon shmem shmem_private hugetlb hugetlb_shared", "none");

TEST_F(scene, copy_late_filled)
{
	uffd_open(self, WITH_MISSING);
	copy_begin(self, 1, FILL_COPY);
	fill_hole(self, PAGE(1), FILL_COPY);
	copy_end(self, COPY_REFUSED);
	cpu_write(self, PARENT);
}
