// SPDX-License-Identifier: GPL-2.0-only
/*
 * A huge page of a memfd that small entries map is read-and-write protected, and a monitor punches one
 * small page of it out of the file, as userfaultfd.rst has it do with what is cold. The huge page is split
 * for that, and it is unmapped to be split: what is beside must be protected still.
 */
#include "case.h"

CASE("read-and-write protect a file's huge page, punch a part: the rest is protected", "C1 C3 C4");
BROKEN_BY("unmap-drops-rwp", "*");
VARIANTS("shmem_thp_clean", "none");

TEST_F(scene, punch_beside)
{
	remap(self, REMAP_ASKEW);
	uffd_open(self, FOR_RWP);
	wp(self);
	punch(self, PAGE(0));
	read_under_rwp(self, PARENT, 1);
	write_under_wp(self, 2, UNPROTECT);
}
