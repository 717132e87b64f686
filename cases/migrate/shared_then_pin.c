// SPDX-License-Identifier: GPL-2.0-only
/*
 * A page that is shared after fork() is moved and then pinned: it comes out of the
 * migration as shared as before, and the pin gets a page of its own.	(C1, C2, C7)
 */
#include "case.h"

CASE("fork, move, then pin, write: the pin has a page of its own", "C1 C2 C7");
SEEN_TO_FAIL("7.3-migration-grants-write", "C2",
	     "*-rdma_ro anon-* thp-* thp_pte-* hugetlb-* shmem_private-* "
	     "mthp-io_uring");
SEEN_TO_FAIL("7.3-pin-skips-cow", "C7", "zero-*");
PATCHED("7.3-pin-skips-cow", "C7", "a pin for writing takes what is there",
	"*-io_uring *-rdma anon-gup");
PATCHED("7.3-migration-grants-write", "C2", "what was migrated is writable",
	"*-rdma_ro anon-* thp-* thp_pte-* hugetlb-* shmem_private-* "
	"mthp-io_uring");

VARIANTS_PRIVATE(io_uring);
VARIANT(zero, io_uring);
VARIANT(mthp, io_uring);
VARIANTS_BRIEF(rdma);
VARIANT(anon, rdma_ro);
VARIANT(hugetlb, rdma_ro);
VARIANT(anon, gup);
VARIANT(anon, gup_ro);

TEST_F(scene, shared_then_pin)
{
	fork_child(self);
	migrate(self);
	pin(self);
	device_write(self);
	cpu_write(self, PARENT);
	cpu_write(self, CHILD);
}
