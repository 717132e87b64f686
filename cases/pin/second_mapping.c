// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shared memory is written to by a second mapping of its file. The device that has pinned
 * it sees that, and so does the process that made the pin. A uffd-wp bit is of one
 * mapping: a write by the other makes no notification, and the bit stays. Then the file is
 * truncated, and made as long as before: there are zeros, and the device keeps the old
 * page.
 */
#include "case.h"

CASE("a second mapping of the file writes, under a pin and under write-protect", "C1 C3 C4");
SEEN_TO_FAIL("7.3-dma-by-page-table", "C1", "*-io_uring");
NOT_SEEN_TO_FAIL("what is wrong there is of io_uring", "shmem-rdma");
VARIANTS("shmem hugetlb_shared", "io_uring");
VARIANTS("shmem", "rdma");

TEST_F(scene, second_mapping)
{
	pin(self);
	alias_write(self, 0);
	device_write(self);
	wp(self);
	alias_write(self, 1);
	write_under_wp(self, 1, UNPROTECT);
	unwp(self);
	truncate_file(self);
	cpu_write(self, PARENT);
	device_write(self);
	alias_write(self, 0);
}
