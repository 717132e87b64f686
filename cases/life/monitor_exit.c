// SPDX-License-Identifier: GPL-2.0-only
/*
 * The monitor is a process of its own that shares the parent's memory and holds the only
 * descriptor of the uffd. It exits. This last close comes from a task whose own mm is
 * already gone, so the kernel has to find the parent's memory through the uffd alone. No
 * uffd-wp bit may be left, and pin and page table must agree.
 */
#include "case.h"

CASE("pin, write-protect, the monitor exits: no uffd-wp bit is left, and the pin agrees",
     "C1 C3 C4");
SEEN_TO_FAIL("7.3-exit-keeps-wp", "C4", "*");
BROKEN_BY("copies-exclusive", "anon-io_uring thp_pte-io_uring anon-rdma");
BROKEN_BY("close-leaves-wp", "anon-none swapped-none");
VARIANTS("ANON hugetlb shmem", "io_uring");
VARIANTS("anon", "rdma");
VARIANTS("BRIEF shmem swapped", "none");

TEST_F(scene, monitor_exit)
{
	pin(self);
	wp(self);
	monitor_exits(self);
	cpu_write_pages(self, PARENT, PAGE(0));
	register_again(self);
	cpu_write(self, PARENT);
	device_write(self);
}
