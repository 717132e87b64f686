// SPDX-License-Identifier: GPL-2.0-only
/*
 * Pages in ZONE_MOVABLE that a child has, too, are pinned. A pin for writing copies them, to
 * ZONE_MOVABLE again; one for reading unshares them. Then they are moved, and what the child has
 * stays where it is.
 */
#include "case.h"

CASE("pages in ZONE_MOVABLE that a child shares are pinned, then everybody writes", "C1 C2 C7");
IN_ZONE_MOVABLE;
SEEN_TO_FAIL("5.10", "C7", "[!m]*-io_uring [!m]*-rdma *-rdma_ro");
SEEN_TO_FAIL("7.3-pin-skips-cow", "C1",
	     "anon-io_uring thp-io_uring thp_pte-io_uring mthp-io_uring");
SEEN_TO_FAIL("7.3-pin-skips-cow", "C1", "anon-rdma thp-rdma thp_pte-rdma mthp-rdma");
SEEN_TO_FAIL("7.3-pin-skips-cow", "C2", "shmem_private-*");
SEEN_TO_FAIL("7.3-no-unshare", "C1", "anon-rdma_ro thp-rdma_ro anon-gup* thp-gup*");
SEEN_TO_FAIL("6.12 7.3", "C0", "hugetlb-io_uring hugetlb-rdma hugetlb-rdma_ro");
SEEN_TO_FAIL("7.3-pin-stays-movable", "C7", "hugetlb-gup*");
BROKEN_BY_AS("pins-stay-movable", "C7", "*");
BROKEN_BY("hugetlb-movable-refused", "hugetlb-*");
BROKEN_BY("hugetlb-pin-finds-none", "hugetlb-*");
VARIANTS("PRIVATE mthp", "io_uring rdma");
VARIANTS("anon thp hugetlb", "rdma_ro gup_ro gup_ro_fast");

TEST_F(scene, movable_shared)
{
	fork_child(self);
	in_movable_zone(self);
	pin(self);
	cpu_write(self, CHILD);
	device_write(self);
	cpu_write(self, PARENT);
	child_exit(self);
	cpu_write(self, PARENT);
}
