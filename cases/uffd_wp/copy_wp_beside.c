// SPDX-License-Identifier: GPL-2.0-only
/*
 * P: pin a page; UFFDIO_COPY with MODE_WP fills a hole beside it. The new
 * page is there with its content and with its mark: a write to it is noticed.
 * The pinned one does not notice.				(C1, C3, C4)
 */
#include "case.h"

CASE("COPY with MODE_WP beside a pinned page: filled, marked, noticed", "C1 C3 C4");
SEEN_TO_FAIL("7.3-copy-forgets-wp", "C4", "*");
PATCHED("7.3-pin-skips-cow", "C1", "a pin for writing takes what is there",
	"shmem_private-io_uring");
PATCHED("7.3-pin-skips-cow", "C7", "a pin for writing takes what is there", "zero-io_uring");
PATCHED("7.3-copy-forgets-wp", "C4", "UFFDIO_COPY forgets MODE_WP", "*");

VARIANTS_ALL(io_uring);
VARIANT(anon, rdma);
VARIANT(shmem, rdma);
VARIANT(hugetlb_shared, io_uring);
VARIANT_NOPIN(anon);

TEST_F(scene, copy_wp_beside)
{
	uffd_open(self, WITH_MISSING);
	pin_pages(self, PAGE(0));
	fill(self, PAGE(1), FILL_COPY_WP);
	write_under_wp(self, 1, UNPROTECT);
	cpu_write_pages(self, PARENT, PAGE(0));
	device_write(self);
}
