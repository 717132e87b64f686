// SPDX-License-Identifier: GPL-2.0-only
/*
 * P: read-and-write protect; page out; fork; P writes. The page that comes
 * back is shared, so the write has to be copied, and protected, so it has to
 * be noticed before: neither may hide the other.		(C2, C3)
 */
#include "case.h"

CASE("read-and-write protect, swap out, fork, write: noticed, then copied", "C2 C3 C4");
SEEN_TO_FAIL("7.3-rwp-swapin-skips-notice", "C3", "*");
SEEN_TO_FAIL("7.3-rwp-read-unnoticed", "C3", "*");

VARIANTS("anon", "none");

TEST_F(scene, swapped_shared)
{
	uffd_open(self, FOR_RWP);
	wp(self);
	pageout(self, true);
	fork_child(self);
	write_under_wp(self, 1, UNPROTECT);
	read_under_rwp(self, PARENT, 0);
	cpu_write_pages(self, CHILD, PAGE(0));
}
