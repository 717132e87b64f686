// SPDX-License-Identifier: GPL-2.0-only
/*
 * Pin, fork, move: what the child got moves, what is pinned stays, and nobody sees
 * the other's writes.						(C1, C2)
 */
#include "case.h"

CASE("pin, fork, move, write: pinned pages stay, the child is isolated", "C1 C2");
SEEN_TO_FAIL("7.3-no-early-copy", "C1", "*");
KNOWN_BROKEN("2.6.12", "5.13", "C1", "4eae4efa2c29",
	     "hugetlb pages are not copied early at fork() for a pin", "hugetlb-*");
PATCHED("7.3-no-early-copy", "C1", "fork() shares pinned pages", "*");
PATCHED("7.3-pin-skips-cow", "C1", "a pin for writing takes what is there",
	"shmem_private-io_uring");
PATCHED("7.3-pin-skips-cow", "C7", "a pin for writing takes what is there", "zero-io_uring");
PATCHED("7.3-migrates-pinned", "C1", "pinned pages are migrated", "*");

VARIANT(anon, io_uring);
VARIANT(thp, io_uring);
VARIANT(thp_pte, io_uring);
VARIANT(hugetlb, io_uring);
VARIANT(shmem_private, io_uring);
VARIANT(zero, io_uring);
VARIANT(anon, rdma);
VARIANT(thp, rdma);
VARIANT(hugetlb, rdma);

TEST_F(scene, fork_pin)
{
	pin(self);
	fork_child(self);
	migrate(self);
	cpu_write(self, PARENT);
	device_write(self);
	cpu_write(self, CHILD);
}
