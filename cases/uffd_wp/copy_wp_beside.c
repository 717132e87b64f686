// SPDX-License-Identifier: GPL-2.0-only
/*
 * One page is pinned, and UFFDIO_COPY with MODE_WP fills a hole next to it. The new page
 * must have its content and the uffd-wp bit, so that a write to it raises a notification.
 * The pinned page must not be affected.
 */
#include "case.h"

CASE("COPY with MODE_WP next to a pinned page: filled and write-protected", "C1 C3 C4");
SEEN_TO_FAIL("7.3-copy-forgets-wp", "C4", "*");
VARIANTS("ALL hugetlb_shared", "io_uring");
VARIANTS("anon shmem", "rdma");
VARIANTS("anon", "none");

TEST_F(scene, copy_wp_beside)
{
	uffd_open(self, WITH_MISSING);
	pin_pages(self, PAGE(0));
	fill(self, PAGE(1), FILL_COPY_WP);
	write_under_wp(self, 1, UNPROTECT);
	cpu_write_pages(self, PARENT, PAGE(0));
	device_write(self);
}
