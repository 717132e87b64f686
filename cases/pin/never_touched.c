// SPDX-License-Identifier: GPL-2.0-only
/*
 * Pin pages of a file that nobody has touched: the device sees zeros, not what the page
 * held before it was this file's, and what it writes is there for the first CPU that
 * looks. fallocate() leaves it to that one to clear the page; who pins it before must do
 * so. memfd_pin_folios() did not. Where it had to get a huge page for a hole, it took one
 * off the count of those that are set aside without having set one aside: 6.12 counts
 * 2^64-1 then, 6.16 ("mm/hugetlb: don't crash when allocating a folio if there are no
 * resv") refuses with ENOMEM while huge pages are free.	(C1, C7, C8)
 */
#include "case.h"

CASE("pin what nobody has touched, device write, first look of a CPU", "C1 C7 C8");

SEEN_TO_FAIL("6.16 7.3", "C1", "shmem_fallocated-udmabuf");
SEEN_TO_FAIL("6.12", "C8", "hugetlb_hole-udmabuf");
SEEN_TO_FAIL("6.16", "C7", "hugetlb_hole-udmabuf");
NOT_SEEN_TO_FAIL("a pin by way of the page table faults its pages in, and what is there needs "
		 "no clearing: the controls",
		 "*-io_uring *-rdma shmem_clean-udmabuf shmem-udmabuf hugetlb_shared-udmabuf");
BROKEN_BY("memfd-pin-uncleared", "shmem_fallocated-udmabuf");
BROKEN_BY("memfd-pin-hugetlb-unreserved", "hugetlb_hole-udmabuf");

VARIANTS("shmem_fallocated hugetlb_hole shmem_clean shmem hugetlb_shared", "udmabuf");
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
