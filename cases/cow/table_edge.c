// SPDX-License-Identifier: GPL-2.0-only
/*
 * The last page of a range is alone behind the end of a page table, of each level once. Whatever
 * walks the range (write-protect, mprotect, swapoff, fork, MADV_DONTNEED, mremap, exit) steps from table
 * to table, and must not stop one page short of the end. (C0 C2 C3 C4 C8)
 */
#include "case.h"

CASE("one page behind the end of a page table: nothing that walks the range leaves it out",
     "C0 C2 C3 C4 C8");
SEEN_TO_FAIL("7.3-fork-stops-short", "C0", "anon_edge_*-none");
NOT_SEEN_TO_FAIL("all of it is in one table: the control", "anon-none");
VARIANTS("anon_edge_2m anon_edge_1g anon_edge_512g anon", "none");

TEST_F(scene, table_edge)
{
	wp(self);
	write_under_wp(self, 3, UNPROTECT);
	unwp(self);
	pageout(self, true);
	swapoff_all(self);
	mprotect_ro(self);
	mprotect_rw(self);
	fork_child(self);
	cpu_write(self, CHILD);
	cpu_write(self, PARENT);
	child_exit(self);
	dontneed(self, PARENT, ALL_PAGES);
	cpu_write(self, PARENT);
	remap(self, 0);
	cpu_write(self, PARENT);
}
