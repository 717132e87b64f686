// SPDX-License-Identifier: GPL-2.0-only
/*
 * A huge page of a memfd that a PMD maps, as a virtual machine's memory is, is read-and-write protected.
 * To protect it the PMD is split, which clears it, and there is no marker for what was mapped: the call
 * returns 0, and nothing is protected.
 */
#include "case.h"

CASE("read-and-write protect a file's huge page: it is protected", "C3 C4");
BROKEN_BY("rwp-skips-huge-file", "*");
VARIANTS("shmem_thp_clean shmem_thp_private", "none");

TEST_F(scene, huge_file)
{
	uffd_open(self, FOR_RWP);
	wp(self);
	read_under_rwp(self, PARENT, 0);
	write_under_wp(self, 1, UNPROTECT);
}
