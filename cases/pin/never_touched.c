// SPDX-License-Identifier: GPL-2.0-only
/*
 * Pages of a file are pinned that nobody has touched. The device must see zeros, not
 * what the page held before it belonged to this file, and the first CPU that looks
 * must see what the device wrote. fallocate() leaves it to the first user to clear the
 * page, so a pin that comes first must clear it. memfd_pin_folios() did not.
 *
 * For a hole in hugetlb, memfd_pin_folios() took a huge page out of the count of reserved
 * pages without having reserved one, and the count wrapped to 2^64-1. Since "mm/hugetlb:
 * don't crash when allocating a folio if there are no resv" it failed with ENOMEM
 * instead, although huge pages were free.
 */
#include "case.h"

CASE("pin untouched pages of a file, device write, first CPU access: both see the same",
     "C1 C7 C8");

SEEN_TO_FAIL("6.16 7.3", "C1", "shmem_fallocated-udmabuf");
SEEN_TO_FAIL("6.12", "C8", "hugetlb_hole-udmabuf");
SEEN_TO_FAIL("6.16", "C7", "hugetlb_hole-udmabuf");
SEEN_TO_FAIL("7.3-devices", "C1", "shmem_fallocated-iommufd_file");
NOT_SEEN_TO_FAIL("a pin by way of the page table faults its pages in, and what is there needs "
		 "no clearing: the controls",
		 "*-io_uring *-rdma shmem_clean-* shmem-* hugetlb_shared-*");
BROKEN_BY("memfd-pin-uncleared", "shmem_fallocated-udmabuf shmem_fallocated-iommufd_file");
BROKEN_BY("memfd-pin-hugetlb-unreserved", "hugetlb_hole-udmabuf");
VARIANTS("shmem_fallocated hugetlb_hole shmem_clean shmem hugetlb_shared", "udmabuf");
VARIANTS("shmem_fallocated hugetlb_hole shmem_clean shmem hugetlb_shared", "iommufd_file");
VARIANTS("shmem_fallocated hugetlb_hole", "io_uring");
VARIANTS("shmem_fallocated", "rdma");

TEST_F(scene, never_touched)
{
	pin(self);
	hugepages_accounted(self);
	device_write(self);
	cpu_read(self, PARENT);
	cpu_write(self, PARENT);
	device_write(self);
	unpin(self);
	cpu_write(self, PARENT);
}
