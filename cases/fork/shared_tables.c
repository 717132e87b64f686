// SPDX-License-Identifier: GPL-2.0-only
/*
 * Who maps all of a GiB of a file of huge pages shares the page table with everybody else who does
 * (39dde65c9940). A child that exits gives up its part of it, and no more: what the parent maps, and
 * what its device has pinned, stays.
 */
#include "case.h"

CASE("fork with a shared page table of hugetlbfs: all see what each writes, also when one exits",
     "C1 C2 C8");
SEEN_TO_FAIL("7.3-unmap-clears-tables", "C8", "*");
VARIANTS("hugetlb_tables", "none io_uring rdma");

TEST_F(scene, shared_tables)
{
	pin(self);
	fork_child(self);
	tables_shared(self);
	cpu_write(self, CHILD);
	cpu_write(self, PARENT);
	device_write(self);
	fork_grandchild(self);
	cpu_write(self, GRANDCHILD);
	grandchild_exit(self);
	freed_is_used(self);
	child_exit(self);
	freed_is_used(self);
	cpu_write(self, PARENT);
	device_write(self);
}
