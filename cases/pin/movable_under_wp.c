// SPDX-License-Identifier: GPL-2.0-only
/*
 * A read-only pin of write-protected pages in ZONE_MOVABLE: they are moved, and what was marked is
 * marked still. Writes are noticed, and the device sees them.
 */
#include "case.h"

CASE("write-protected pages in ZONE_MOVABLE are pinned for reading: moved with their marks",
     "C1 C3 C4 C7");
IN_ZONE_MOVABLE;
SEEN_TO_FAIL("5.10", "C7", "anon-rdma_ro thp-rdma_ro thp_pte-rdma_ro");
SEEN_TO_FAIL("7.3-pin-stays-movable", "C7", "*");
SEEN_TO_FAIL("7.3-migration-forgets-wp", "C4", "*");
BROKEN_BY("pins-stay-movable", "*");
VARIANTS("ANON mthp shmem shmem_2m hugetlb hugetlb_shared", "rdma_ro gup_ro gup_ro_fast");

TEST_F(scene, movable_under_wp)
{
	uffd_open(self, 0);
	wp(self);
	in_movable_zone(self);
	if (!pin_write_protected(self))
		return;
	write_under_wp(self, 0, UNPROTECT);
	unwp(self);
	cpu_write(self, PARENT);
}
