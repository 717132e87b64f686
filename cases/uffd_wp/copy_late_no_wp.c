// SPDX-License-Identifier: GPL-2.0-only
/*
 * While UFFDIO_COPY, MODE_WP, waits for what it copies the memory is registered anew, and not for
 * write-protect: it must not leave a mark that nobody asks for, and nobody can take away.
 */
#include "case.h"

CASE("UFFDIO_COPY with MODE_WP waits, the memory is no more registered for WP: no mark", "C3 C4");
SEEN_TO_FAIL("6.1 6.12 6.18 7.3", "C4", "hugetlb-* hugetlb_shared-*");
NOT_SEEN_TO_FAIL("the control: no kernel was made yet that does not ask there",
		 "anon-* shmem-* shmem_private-*");
BROKEN_BY("hugetlb-late-copy-marks", "hugetlb-* hugetlb_shared-*");
VARIANTS("anon shmem shmem_private hugetlb hugetlb_shared", "none");

TEST_F(scene, copy_late_no_wp)
{
	uffd_open(self, WITH_MISSING);
	copy_begin(self, 1, FILL_COPY_WP);
	unregister(self);
	register_for_missing(self);
	copy_end(self, COPY_REFUSED);
	cpu_write_pages(self, PARENT, PAGE(0));
}
