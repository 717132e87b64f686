// SPDX-License-Identifier: GPL-2.0-only
/*
 * P: pin; write-protect. M, a process of its own that shares P's memory and
 * holds the only descriptor, exits. P writes; registers again; writes. The
 * last close is that of an exiting task whose own memory has gone already: it
 * has to find P's by the uffd alone.				(C1, C3, C4)
 */
#include "case.h"

CASE("pin, write-protect, the monitor exits: no mark is left, and the pin agrees", "C1 C3 C4");
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
