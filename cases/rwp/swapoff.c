// SPDX-License-Identifier: GPL-2.0-only
/*
 * swapoff() brings pages back by itself, and makes their entries anew. Those of protected
 * pages must not be accessible: the uffd bit alone does not stop a read.
 */
#include "case.h"

CASE("read-and-write protect, swap out, swapoff: an access still raises a notification", "C3 C4");
SEEN_TO_FAIL("7.3-swapoff-forgets-rwp", "C3", "*");
VARIANTS("anon thp swapped", "none");

TEST_F(scene, swapoff)
{
	uffd_open(self, FOR_RWP);
	wp(self);
	pageout(self, true);
	swapoff_all(self);
	marks_stay(self);
	read_under_rwp(self, PARENT, 0);
	write_under_wp(self, 1, UNPROTECT);
}
