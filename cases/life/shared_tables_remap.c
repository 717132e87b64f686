// SPDX-License-Identifier: GPL-2.0-only
/*
 * mremap() of a part of what a shared page table of hugetlbfs maps: what is moved must not be
 * taken from the child.
 */
#include "case.h"

CASE("mremap() of a part of what a shared page table of hugetlbfs maps: the child has its own",
     "C1 C2");
SEEN_TO_FAIL("7.3-dma-by-page-table", "C1", "*-io_uring");
NOT_SEEN_TO_FAIL("what the child's table loses comes back from the file", "*-none");
VARIANTS("hugetlb_tables", "none io_uring");

TEST_F(scene, shared_tables_remap)
{
	pin(self);
	fork_child(self);
	tables_shared(self);
	remap(self, 0);
	cpu_write(self, CHILD);
	cpu_write(self, PARENT);
	device_write(self);
}
