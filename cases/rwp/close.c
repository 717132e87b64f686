// SPDX-License-Identifier: GPL-2.0-only
/*
 * The same by closing the uffd; and a write that waits goes on. (C1, C3, C4)
 */
#include "case.h"

CASE("read-and-write protect, a write waits, close: it goes on, no mark is left", "C1 C3 C4");
NOT_SEEN_TO_FAIL("not yet", "*");

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
