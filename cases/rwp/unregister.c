// SPDX-License-Identifier: GPL-2.0-only
/*
 * Unregistering ends the protection: reads and writes must go through, and the pin must
 * hold the page that is mapped.
 */
#include "case.h"

CASE("pin, read-and-write protect, unregister: no protection is left, the pin agrees", "C1 C4");
SEEN_TO_FAIL("7.3-unregister-keeps-wp", "C4",
	     "anon-* thp-* thp_pte-* shmem_private-* shmem-* zero-*");
SEEN_TO_FAIL("7.3-dma-by-page-table", "C1", "hugetlb-io_uring");
VARIANTS("ALL", "io_uring");
VARIANTS("anon", "rdma");
VARIANTS("anon thp shmem shmem_private zero", "none");

TEST_F(scene, unregister)
{
	uffd_open(self, FOR_RWP);
	pin(self);
	wp(self);
	unregister(self);
	cpu_write(self, PARENT);
	device_write(self);
}
