// SPDX-License-Identifier: GPL-2.0-only
/*
 * P: read-and-write protect; pin: each page asks, also of a pin that is not
 * for writing, and then the pin holds the page that is mapped. (C1, C3, C7)
 */
#include "case.h"

CASE("read-and-write protect, then pin: each page asks", "C1 C3 C7");
SEEN_TO_FAIL("7.3-gup-ignores-rwp", "C3", "*");
SEEN_TO_FAIL("7.3-pin-skips-cow", "C1", "shmem_private-*");
SEEN_TO_FAIL("7.3-pin-skips-cow", "C7", "zero-*");
SEEN_TO_FAIL("7.3-rwp-read-unnoticed", "C3", "*-rdma_ro");

VARIANTS("shmem_private zero", "io_uring");
VARIANTS("anon shmem", "rdma_ro");

TEST_F(scene, pin_under)
{
	uffd_open(self, FOR_RWP);
	wp(self);
	if (!pin_write_protected(self))
		return;
	cpu_write(self, PARENT);
	device_write(self);
}
