// SPDX-License-Identifier: GPL-2.0-only
/*
 * O_DIRECT reads in flight in the child's hands, who forks in its turn: the same
 * holds for it as for the parent. What is read lands in the child's memory and in
 * nobody else's, though the child writes first to what it shares with its own child.
 * 								(C1, C2)
 */
#include "case.h"

CASE("an O_DIRECT read of the child's in flight, it forks and writes: the data is there", "C1 C2");
SEEN_TO_FAIL("7.3-early-copy-is-empty", "C0",
	     "anon-odirect thp-odirect thp_pte-odirect shmem_private-odirect mthp-odirect");
SEEN_TO_FAIL("5.10", "C2",
	     "anon-odirect thp-odirect thp_pte-odirect hugetlb-odirect shmem_private-odirect");
BROKEN_BY_AS("odirect-get", "C2", "*-odirect");

VARIANTS("PRIVATE mthp", "odirect");

TEST_F(scene, odirect_child)
{
	int own;

	fork_child(self);
	own = pin_again(self, CHILD, ALL_PAGES);
	fork_grandchild(self);
	cpu_write(self, CHILD);
	device_write_by(self, own);
	cpu_write(self, GRANDCHILD);
	cpu_write(self, PARENT);
}
