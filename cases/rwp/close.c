// SPDX-License-Identifier: GPL-2.0-only
/*
 * The same by closing the uffd; and a write that waits goes on. (C1, C3, C4)
 */
#include "case.h"

CASE("read-and-write protect, a write waits, close: it goes on, no mark is left", "C1 C3 C4");
SEEN_TO_FAIL("7.3-close-keeps-wp", "C4", "*-none anon-io_uring thp-rdma shmem-io_uring");
SEEN_TO_FAIL("7.3-dma-by-page-table", "C1", "hugetlb-io_uring");
PATCHED("7.3-dma-by-page-table", "C1", "io_uring goes by the page table, not by the pin",
	"*-io_uring");
PATCHED("7.3-close-keeps-wp", "C4", "closing a uffd leaves the marks",
	"*-none anon-io_uring thp-rdma shmem-io_uring");
PATCHED("7.3-unregister-keeps-wp", "C4", "unregistering leaves the marks, and so does closing",
	"*-none anon-io_uring thp-rdma shmem-io_uring");

VARIANT(anon, io_uring);
VARIANT(thp, rdma);
VARIANT(hugetlb, io_uring);
VARIANT(shmem, io_uring);
VARIANT_NOPIN(anon);
VARIANT_NOPIN(shmem_private);

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
