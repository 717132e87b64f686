// SPDX-License-Identifier: GPL-2.0-only
/*
 * P: read-and-write protect; pin: each page asks, also of a pin that is not
 * for writing, and then the pin holds the page that is mapped. (C1, C3, C7)
 */
#include "case.h"

CASE("read-and-write protect, then pin: each page asks", "C1 C3 C7");
NOT_SEEN_TO_FAIL("not yet", "*");

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
