// SPDX-License-Identifier: GPL-2.0-only
/*
 * P: pin; write-protect; a write waits for the monitor; the monitor closes
 * the uffd. The write goes on, into the pinned page.		(C1, C3)
 */
#include "case.h"

CASE("a write waits, the uffd is closed: the write goes on", "C1 C3");
NOT_SEEN_TO_FAIL("not yet", "*");

VARIANTS_ANON(io_uring);
VARIANT(hugetlb, io_uring);
VARIANT(shmem, io_uring);
VARIANT(shmem_private, rdma);
VARIANT(anon, rdma);
VARIANT_NOPIN(anon);
VARIANT_NOPIN(zero);

TEST_F(scene, close_pending)
{
	pin(self);
	wp(self);
	write_begin(self, 1);
	close_uffd(self);
	write_finish(self);
	device_write(self);
}
