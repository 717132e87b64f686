// SPDX-License-Identifier: GPL-2.0-only
/*
 * What is for pages is asked for what is no range of pages: madvise() from the middle of a
 * page on, UFFDIO_WRITEPROTECT, UFFDIO_REGISTER and UFFDIO_UNREGISTER also to the middle
 * of one, and of hugetlbfs for 4 KiB. Each says EINVAL, and no page is dropped, marked
 * or moved, at either end of the range. UFFDIO_UNREGISTER to the middle of a huge page took the
 * marks of all of it before it found that out.
 */
#include "case.h"

CASE("madvise() and userfaultfd for ranges that are no pages: EINVAL, nothing changes", "C0 C4");
SEEN_TO_FAIL("7.3-uffd-rounds-out", "C0", "anon-* thp-* thp_pte-* shmem-*");
SEEN_TO_FAIL("6.1 6.12 6.16 7.3", "C4", "hugetlb-*");
BROKEN_BY("unregister-refused-drops-marks", "hugetlb-*");
BROKEN_BY("copies-exclusive", "anon-io_uring thp-io_uring");
VARIANTS("anon thp hugetlb", "none io_uring");
VARIANTS("thp_pte shmem", "none");

TEST_F(scene, askew)
{
	pin(self);
	wp_pages(self, PAGE(0));
	askew_refused(self, 0);
	askew_refused(self, 1);
	write_under_wp(self, 0, UNPROTECT);
	cpu_write(self, PARENT);
}
