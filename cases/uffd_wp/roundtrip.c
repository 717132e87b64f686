// SPDX-License-Identifier: GPL-2.0-only
/*
 * A write-protect round trip must not separate a pin from its page.
 *
 * After UFFDIO_WRITEPROTECT on and off the page is exclusive and was truly writable, so
 * the next write must reuse it. do_wp_page() used to copy whenever page_count() was not
 * 1, and a pin is a reference: the device kept the old page. A PMD-mapped THP was reused
 * by mapcount and was not affected. Thread:
 * <CAHk-=wh-ETqwd6EC2PR6JJzCFHVxJgdbUcMpW5MS7gCa76EDsQ@mail.gmail.com>
 */
#include "case.h"

CASE("pin, write-protect, unprotect, write: pin and page table still agree", "C1 C3");
SEEN_TO_FAIL("5.10", "C1",
	     "*-rdma_ro anon-io_uring anon-odirect* anon-rdma anon-xdp anon-vfio* "
	     "anon-v4l2 thp_pte-[!i]* thp_pte-io_* zero-* swapped-* "
	     "thp_swapped-* thp_one-* thp_remapped-* thp_shared-* zero_huge-*");
SEEN_TO_FAIL("5.10-always-copy", "C1", "thp-*");
SEEN_TO_FAIL("7.3-pin-skips-cow", "C1", "shmem_private-*");
NOT_SEEN_TO_FAIL("an on-demand MR has no pin: the control", "anon-rdma_odp");
NOT_SEEN_TO_FAIL("these came with what mended the others, or later",
		 "anon-io_uring_pbuf anon-io_uring_sqes anon-io_uring_zcrx");
SEEN_TO_FAIL("7.3-copies-exclusive", "C1", "hugetlb-io_uring");
SEEN_TO_FAIL("7.3-devices-wp-skips-pinned", "C3", "*-iommufd*");
BROKEN_BY("copies-exclusive",
	  "anon-[!n]* thp_pte-[!n]* zero-[!n]* swapped-io_uring thp_swapped-io_uring "
	  "thp_one-io_uring thp_remapped-io_uring thp_shared-io_uring zero_huge-io_uring");
PATCHED("5.10-mapcount 5.10-pte-only", "pass", "*");
PATCHED("5.10-always-copy", "C1", "*");
VARIANTS("PRIVATE zero swapped thp_swapped thp_one thp_remapped thp_shared zero_huge", "io_uring");
VARIANTS("ANON shmem_private zero", "rdma");
VARIANTS("ANON", "odirect odirect_bytes");
VARIANTS("anon", "rdma_ro rdma_odp");
VARIANTS("anon thp_pte", "xdp vfio");
VARIANTS("anon thp_pte", "iommufd iommufd_attach iommufd_copy");
VARIANTS("anon", "vfio_ro v4l2 io_uring_pbuf io_uring_sqes io_uring_zcrx");
VARIANTS("anon", "iommufd_ro");

TEST_F(scene, roundtrip)
{
	pin(self);
	wp(self);
	unwp(self);
	cpu_write(self, PARENT);
	device_write(self);
}
