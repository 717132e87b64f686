// SPDX-License-Identifier: GPL-2.0-only
/*
 * UFFDIO_COPY fills all pages, which are then pinned. A page that was filled in is as
 * exclusive as any other, so pin and page table must agree after a write-protect round
 * trip and after fork().
 */
#include "case.h"

CASE("COPY, then pin, round trip, fork: pin and page table agree", "C1 C2");
SEEN_TO_FAIL("5.10", "C1", "unpopulated-io_uring anon-rdma");
SEEN_TO_FAIL("7.3-fill-not-exclusive", "C1", "shmem_private-io_uring");
BROKEN_BY("copies-exclusive", "unpopulated-io_uring anon-rdma");
VARIANTS("unpopulated shmem_private", "io_uring");
VARIANTS("anon", "rdma");

TEST_F(scene, fill_then_pin)
{
	uffd_open(self, WITH_MISSING);
	fill(self, ALL_PAGES, FILL_COPY);
	pin(self);
	wp(self);
	unwp(self);
	cpu_write(self, PARENT);
	device_write(self);
	fork_child(self);
	cpu_write(self, PARENT);
	cpu_write(self, CHILD);
}
