// SPDX-License-Identifier: GPL-2.0-only
/*
 * A child has O_DIRECT reads in flight and forks in turn. The same must hold for it as
 * for the parent: what is read lands in the child's memory and in nobody else's, even if
 * the child writes first to what it shares with its own child.
 */
#include "case.h"

CASE("a child forks and writes while it reads by O_DIRECT: the data arrives", "C1 C2");
SEEN_TO_FAIL("7.3-early-copy-is-empty", "C0", "anon-* thp-* thp_pte-* shmem_private-* mthp-*");
SEEN_TO_FAIL("5.10", "C2", "anon-* thp-* thp_pte-* hugetlb-* shmem_private-*");
BROKEN_BY_AS("odirect-get", "C2", "*-odirect*");
VARIANTS("PRIVATE mthp", "odirect");
VARIANTS("BRIEF", "odirect_bytes");

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
