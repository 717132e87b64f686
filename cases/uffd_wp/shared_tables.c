// SPDX-License-Identifier: GPL-2.0-only
/*
 * Write-protect is a bit of a page table, and here the page table is the child's, too: where
 * userfaultfd is to track writes it must not be shared (c1991e0705d1). The child's writes are not
 * noticed, the parent's are.
 */
#include "case.h"

CASE("write-protect of memory whose page table a child shares: of the parent alone", "C2 C3 C4");
SEEN_TO_FAIL("7.3-protect-keeps-tables", "C4", "*");
VARIANTS("hugetlb_tables", "none io_uring");

TEST_F(scene, shared_tables)
{
	pin(self);
	fork_child(self);
	tables_shared(self);
	uffd_open(self, 0);
	wp(self);
	cpu_write(self, CHILD);
	write_under_wp(self, 1, UNPROTECT);
	marks_stay(self);
	cpu_write(self, CHILD);
	unwp(self);
	cpu_write(self, PARENT);
	device_write(self);
}
