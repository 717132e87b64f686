// SPDX-License-Identifier: GPL-2.0-only
/*
 * Memory fails that a device has pinned. Its process cannot get at it any more, and nobody can take
 * it from the device: the pin keeps the frame, and when it is given back nobody else gets that.
 */
#include "case.h"

CASE("memory fails that is pinned: SIGBUS, the device keeps it, and nobody gets it after that",
     "C1 C5 C8");
SEEN_TO_FAIL("7.3-faults-failure-forgotten", "C5", "*");
VARIANTS("anon hugetlb shmem_private", "io_uring");
VARIANTS("anon hugetlb", "rdma");

TEST_F(scene, pinned)
{
	cpu_write(self, PARENT);
	pin(self);
	memory_fails(self, 1);
	cpu_read_refused(self, 1);
	cpu_write_pages(self, PARENT, PAGE(0));
	device_write_pages(self, PAGE(0));
	unpin(self);
	dontneed(self, PARENT, PAGE(1));
	cpu_write(self, PARENT);
	freed_is_used(self);
	pin(self);
	device_write(self);
}
