// SPDX-License-Identifier: GPL-2.0-only
/*
 * A pin of protected pages must raise a notification for each page, also if it is
 * read-only. Then it must hold the page that is mapped.
 */
#include "case.h"

CASE("read-and-write protect, then pin: a notification for each page", "C1 C3 C7");
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
