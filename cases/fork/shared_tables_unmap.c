// SPDX-License-Identifier: GPL-2.0-only
/*
 * A child unmaps a part of what it maps by a page table that it shares with its parent: the mapping
 * is split, and its part of the table is given up (081056dc00a2, v6.16). The parent's must stay, and
 * so must what is pinned.
 */
#include "case.h"

CASE("a child unmaps part of what a shared page table of hugetlbfs maps: its parent's stays",
     "C1 C2 C8");
SEEN_TO_FAIL("7.3-unmap-clears-tables", "C8", "*");
VARIANTS("hugetlb_tables", "none io_uring");

TEST_F(scene, shared_tables_unmap)
{
	pin(self);
	fork_child(self);
	tables_shared(self);
	child_unmap(self);
	cpu_write(self, PARENT);
	device_write(self);
	child_exit(self);
	freed_is_used(self);
	cpu_write(self, PARENT);
	device_write(self);
}
