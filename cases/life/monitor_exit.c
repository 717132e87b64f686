// SPDX-License-Identifier: GPL-2.0-only
/*
 * P: pin; write-protect. M, a process of its own that shares P's memory and
 * holds the only descriptor, exits. P writes; registers again; writes. The
 * last close is that of an exiting task whose own memory has gone already: it
 * has to find P's by the uffd alone.				(C1, C3, C4)
 */
#include "case.h"

CASE("pin, write-protect, the monitor exits: no mark is left, and the pin agrees", "C1 C3 C4");
NOT_SEEN_TO_FAIL("not yet", "*");

VARIANTS_ANON(io_uring);
VARIANT(hugetlb, io_uring);
VARIANT(shmem, io_uring);
VARIANT(anon, rdma);
VARIANT(shmem_private, rdma);
VARIANT_NOPIN(anon);
VARIANT_NOPIN(thp);
VARIANT_NOPIN(hugetlb);
VARIANT_NOPIN(shmem);
VARIANT_NOPIN(swapped);

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
