// SPDX-License-Identifier: GPL-2.0-only
/*
 * The device reads and writes protected pages without a notification, as it does under
 * write-protect. A read by the CPU must raise one, and must see what the device wrote.
 */
#include "case.h"

CASE("pin, read-and-write protect: the CPU raises notifications, the device does not", "C1 C3 C6");
SEEN_TO_FAIL("7.3-rwp-read-unnoticed", "C3", "*");
VARIANTS("ALL hugetlb_shared", "io_uring");
VARIANTS("BRIEF shmem", "rdma");
VARIANTS("anon", "rdma_ro");

TEST_F(scene, pinned)
{
	uffd_open(self, FOR_RWP);
	pin(self);
	wp(self);
	device_write(self);
	read_under_rwp(self, PARENT, 0);
	write_under_wp(self, 1, UNPROTECT);
	unwp(self);
	cpu_write(self, PARENT);
	device_write(self);
}
