// SPDX-License-Identifier: GPL-2.0-only
/*
 * P: read-and-write protect; pin: each page asks, also of a pin that is not
 * for writing, and then the pin holds the page that is mapped. (C1, C3, C7)
 */
#include "case.h"

CASE("read-and-write protect, then pin: each page asks", "C1 C3 C7");
SEEN_TO_FAIL("7.3-pin-skips-cow", "C1", "shmem_private-* zero-*");
SEEN_TO_FAIL("7.3-rwp-read-unnoticed", "C3", "*-rdma_ro");
NOT_SEEN_TO_FAIL("no kernel yet",
		 "thp-* thp_pte-* hugetlb-* anon-io_uring shmem-io_uring anon-rdma shmem-rdma");
PATCHED("7.3-pin-skips-cow", "fail", "a pin for writing takes what is there",
	"shmem_private-* zero-*");
PATCHED("7.3-rwp-read-unnoticed", "fail", "a read resolves itself", "*-rdma_ro");

VARIANTS_ALL(io_uring);
VARIANTS_ALL(rdma);
VARIANT(anon, rdma_ro);
VARIANT(shmem, rdma_ro);

TEST_F(scene, pin_under)
{
	uffd_open(self, FOR_RWP);
	wp(self);
	if (!pin_write_protected(self))
		return;
	cpu_write(self, PARENT);
	device_write(self);
}
