// SPDX-License-Identifier: GPL-2.0-only
/*
 * In postcopy a page may arrive twice, or after its owner has written to it. UFFDIO_COPY over a
 * page that is there must be refused with EEXIST, or what was written is lost, and a pin holds
 * a page that nobody maps. Neither may the uffd-wp bit change.
 */
#include "case.h"

CASE("UFFDIO_COPY over pages that are there: EEXIST, and nothing of them changes", "C0 C1 C3 C4");
SEEN_TO_FAIL("7.3-copy-over-page", "C0", "anon-* hugetlb-* swapped-none");
NOT_SEEN_TO_FAIL("no kernel is to be had: the page cache refuses a second page by itself",
		 "shmem-none hugetlb_shared-none");
BROKEN_BY("copies-exclusive", "anon-io_uring");
VARIANTS("anon hugetlb shmem hugetlb_shared swapped", "none");
VARIANTS("anon hugetlb", "io_uring");

TEST_F(scene, copy_refused)
{
	uffd_open(self, WITH_MISSING);
	pin(self);
	fill_refused(self, ALL_PAGES, FILL_COPY);
	wp(self);
	fill_refused(self, ALL_PAGES, FILL_COPY);
	write_under_wp(self, 0, UNPROTECT);
	device_write(self);
}
