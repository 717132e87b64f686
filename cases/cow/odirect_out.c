// SPDX-License-Identifier: GPL-2.0-only
/*
 * An O_DIRECT write reads memory while the process forks and both processes write. The
 * disk must get what the owner had in this memory, from before or after its own writes.
 * It must get nothing that the child writes, whichever of them writes first.
 */
#include "case.h"

CASE("an O_DIRECT write in flight, fork, everybody writes: the disk gets its owner's data", "C2");
SEEN_TO_FAIL("7.3-early-copy-is-empty", "C0", "anon-* thp-* thp_pte-* mthp-*");
SEEN_TO_FAIL("5.10", "C2", "hugetlb-odirect_out");
SEEN_TO_FAIL("5.10-mapcount", "C2", "anon-odirect_out");
BROKEN_BY("odirect-get-hugetlb", "hugetlb-odirect_out");
VARIANTS("ANON hugetlb mthp", "odirect_out");

TEST_F(scene, odirect_out)
{
	pin(self);
	fork_child(self);
	cpu_write(self, PARENT);
	cpu_write(self, CHILD);
	child_unmap(self);
	cpu_write(self, PARENT);
	device_delivers(self, 0);
}
