// SPDX-License-Identifier: GPL-2.0-only
/*
 * What lies in ZONE_MOVABLE must not be pinned for long there: the kernel could not free that part
 * of the machine any more. So pinning moves it first (d1e153fea2a8, v5.13), by a loop that gives up
 * what it has got, moves it and tries again. Whoever took the page anew would have a copy that the
 * process does not write to; and what the entry said of the page has to come along.
 */
#include "case.h"

CASE("pages in ZONE_MOVABLE are pinned: moved first, and then coherent", "C0 C1 C7");
IN_ZONE_MOVABLE;
SEEN_TO_FAIL("5.10", "C7", "[!m]*-io_uring [!m]*-rdma *-rdma_ro *-xdp");
SEEN_TO_FAIL("7.3-pin-stays-movable", "C7",
	     "anon-[!x]* thp-[!x]* thp_pte-* mthp-* hugetlb-[!x]* shmem-[!x]* shmem_2m-*");
BROKEN_BY("pins-stay-movable", "*");
BROKEN_BY("hugetlb-movable-refused", "hugetlb-*");
VARIANTS("PRIVATE mthp shmem shmem_2m", "io_uring rdma");
VARIANTS("anon thp hugetlb shmem", "rdma_ro xdp gup gup_fast gup_ro gup_ro_fast");

TEST_F(scene, movable)
{
	in_movable_zone(self);
	pin(self);
	cpu_write(self, PARENT);
	device_write(self);
	fork_child(self);
	cpu_write(self, PARENT);
	cpu_write(self, CHILD);
	unpin(self);
	cpu_write(self, PARENT);
}
