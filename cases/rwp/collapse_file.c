// SPDX-License-Identifier: GPL-2.0-only
/*
 * Memory of a file is read-and-write protected, and khugepaged, or whoever has a second mapping, has its
 * small pages collapsed. They are unmapped for that, and must not come back with all rights.
 */
#include "case.h"

CASE("read-and-write protect a file's memory, collapse: the next access is noticed still", "C3 C4");
BROKEN_BY("unmap-drops-rwp", "*");
VARIANTS("shmem_2m", "none");

TEST_F(scene, collapse_file)
{
	uffd_open(self, FOR_RWP);
	wp(self);
	thp_collapse_alias(self);
	marks_stay(self);
	read_under_rwp(self, PARENT, 0);
	write_under_wp(self, 1, UNPROTECT);
}
