// SPDX-License-Identifier: GPL-2.0-only
/*
 * Closing the uffd ends read-and-write protect. A write that waits must go on, and no
 * protection may be left.
 */
#include "case.h"

CASE("read-and-write protect, a write waits, close: it goes on, no protection is left", "C1 C3 C4");
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
