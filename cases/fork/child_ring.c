// SPDX-License-Identifier: GPL-2.0-only
/*
 * The child inherits the parent's ring and uses the registered buffer by its address. The
 * pin belongs to the ring, so this must access the parent's page. The child's own memory
 * at that address must not be touched. Whether a child should be able to do this at all
 * is a separate question (liburing #612).
 */
#include "case.h"

OBSERVATION("a child uses the buffers of an inherited ring: its parent's pages", "C1 C2");
SEEN_TO_FAIL("7.3-early-copy-is-empty", "C0", "anon-* thp-* thp_pte-* shmem_private-* mthp-*");
SEEN_TO_FAIL("7.3-no-early-copy", "C2",
	     "anon-* thp-* thp_pte-* hugetlb-* shmem_private-* zero-* mthp-*");
BROKEN_BY_AS("hugetlb-no-early-copy", "C2", "hugetlb-io_uring");
VARIANTS("ALL mthp hugetlb_shared", "io_uring");
VARIANTS("anon", "io_uring_clone");
VARIANTS("thp", "io_uring_slot");

TEST_F(scene, child_ring)
{
	pin(self);
	fork_child(self);
	device_write_via(self, CHILD);
	cpu_write(self, CHILD);
	device_write(self);
	cpu_write(self, PARENT);
	device_write_via(self, CHILD);
	child_unmap(self);
	device_write_via(self, CHILD);
	child_exit(self);
	device_write(self);
}
