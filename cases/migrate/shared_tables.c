// SPDX-License-Identifier: GPL-2.0-only
/*
 * Huge pages that parent and child map by one page table are moved: who takes the entry out gives up
 * the table of the one, and the other's is changed. Both must see the pages where they are now.
 */
#include "case.h"

CASE("migrate what a shared page table of hugetlbfs maps: both see it, and what both write",
     "C1 C2");
SEEN_TO_FAIL("7.3-migrates-pinned", "C1", "*-io_uring");
NOT_SEEN_TO_FAIL("no kernel was made yet: what a table still has is put back with it", "*-none");
VARIANTS("hugetlb_tables", "none io_uring");

TEST_F(scene, shared_tables)
{
	pin_pages(self, PAGE(0));
	fork_child(self);
	tables_shared(self);
	migrate(self);
	cpu_write(self, CHILD);
	cpu_write(self, PARENT);
	migrate(self);
	cpu_write(self, PARENT);
	device_write(self);
}
