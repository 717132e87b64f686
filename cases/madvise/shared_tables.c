// SPDX-License-Identifier: GPL-2.0-only
/*
 * MADV_DONTNEED of what a shared page table of hugetlbfs maps: the parent gives up the table, and
 * nothing that is mapped by it. A hole in the file is one for both.
 */
#include "case.h"

CASE("give up what a shared page table of hugetlbfs maps: the child's and the pin's stay", "C1 C2");
SEEN_TO_FAIL("7.3-dma-by-page-table", "C1", "*-io_uring");
NOT_SEEN_TO_FAIL("what the child's table loses comes back from the file", "*-none");
VARIANTS("hugetlb_tables", "none io_uring");

TEST_F(scene, shared_tables)
{
	pin(self);
	fork_child(self);
	tables_shared(self);
	dontneed(self, PARENT, ALL_PAGES);
	cpu_write(self, CHILD);
	cpu_write(self, PARENT);
	device_write(self);
	tables_shared(self);
	punch(self, PAGE(1));
	cpu_write(self, CHILD);
	cpu_write_pages(self, PARENT, PAGE(0));
}
