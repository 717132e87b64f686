// SPDX-License-Identifier: GPL-2.0-only
/*
 * The parent takes its right to write to a part of what a shared page table maps. The mapping is
 * split, and then it must have a table of its own (b30c14cd6102): the child may write as before.
 */
#include "case.h"

CASE("mprotect() of a part of what a shared page table of hugetlbfs maps: of the parent alone",
     "C1 C2 C5");
SEEN_TO_FAIL("7.3-protect-keeps-tables", "C5", "*");
VARIANTS("hugetlb_tables", "none io_uring");

TEST_F(scene, shared_tables_protect)
{
	pin(self);
	fork_child(self);
	tables_shared(self);
	mprotect_ro(self);
	cpu_write(self, CHILD);
	cpu_write_refused(self, 1);
	device_write(self);
	mprotect_rw(self);
	cpu_write(self, PARENT);
	cpu_write(self, CHILD);
}
