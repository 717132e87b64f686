// SPDX-License-Identifier: GPL-2.0-only
/*
 * A protected page is swapped out and shared by fork(), and the parent writes. The page
 * that comes back is shared, so the write must be copied. It is also protected, so the
 * write must raise a notification first. Neither of the two may hide the other.
 */
#include "case.h"

CASE("read-and-write protect, swap out, fork, write: a notification, then a copy", "C2 C3 C4");
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
