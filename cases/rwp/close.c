// SPDX-License-Identifier: GPL-2.0-only
/*
 * The same by closing the uffd; and a write that waits goes on. (C1, C3, C4)
 */
#include "case.h"

CASE("read-and-write protect, a write waits, close: it goes on, no mark is left", "C1 C3 C4");
SEEN_TO_FAIL("7.3-close-keeps-wp", "C4", "*-none anon-io_uring thp-rdma shmem-io_uring");
SEEN_TO_FAIL("7.3-dma-by-page-table", "C1", "hugetlb-io_uring");

VARIANTS("anon hugetlb shmem", "io_uring");
VARIANTS("thp", "rdma");
VARIANTS("anon shmem_private", "none");

TEST_F(scene, close)
{
	uffd_open(self, FOR_RWP);
	pin(self);
	wp(self);
	write_begin(self, 1);
	close_uffd(self);
	write_finish(self);
	cpu_write(self, PARENT);
	device_write(self);
}
