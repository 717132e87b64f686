// SPDX-License-Identifier: GPL-2.0-only
/*
 * Pages that KSM has merged are read-and-write protected, and MADV_UNMERGEABLE is to part them again.
 * Nobody touches them by that: they are parted, protected still, and the next access is noticed.
 */
#include "case.h"

CASE("merged pages, read-and-write protect, MADV_UNMERGEABLE: parted, and protected still",
     "C2 C3 C4 C8");
BROKEN_BY("unmerge-skips-rwp", "*");
VARIANTS("ksm", "none");

TEST_F(scene, unmerge)
{
	uffd_open(self, FOR_RWP);
	wp(self);
	ksm_unmerge(self);
	read_under_rwp(self, PARENT, 0);
	write_under_wp(self, 1, UNPROTECT);
}
