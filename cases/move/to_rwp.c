// SPDX-License-Identifier: GPL-2.0-only
/*
 * UFFDIO_MOVE into memory that is registered for read-and-write protect: what arrives there
 * is protected, so that who brings a page back does not hide its first use. A page, one in
 * swap, and all pages in one call.
 */
#include "case.h"

CASE("UFFDIO_MOVE into memory under read-and-write protect: the first access is noticed", "C3 C4");
SEEN_TO_FAIL("7.3-move-forgets-rwp", "C4", "*");
VARIANTS("anon swapped thp thp_pte", "none");

TEST_F(scene, to_rwp)
{
	uffd_open(self, FOR_RWP);
	uffd_move_away(self, 1);
	uffd_move_back(self, 1);
	read_under_rwp(self, PARENT, 1);
	uffd_move_all_away(self);
	uffd_move_all_back(self);
	write_under_wp(self, 0, UNPROTECT);
	read_under_rwp(self, PARENT, 1);
}
