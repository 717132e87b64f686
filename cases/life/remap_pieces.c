// SPDX-License-Identifier: GPL-2.0-only
/*
 * mremap() can move several mappings at once, but not those of a userfaultfd: each has an event of
 * its own, and while one is waited for the others may change. It must refuse, and then all
 * that was protected still is.
 */
#include "case.h"

CASE("mremap of several registered mappings: refused, and the uffd-wp bits stay", "C3 C4");
SEEN_TO_FAIL("7.3-mremap-moves-pieces", "C4", "*");
VARIANTS("anon thp_pte shmem", "none");

TEST_F(scene, remap_pieces)
{
	uffd_open(self, WP_EVENT_REMAP);
	wp(self);
	mprotect_ro_pages(self, PAGE(1));
	remap_pieces_refused(self);
	mprotect_rw(self);
	write_under_wp(self, 1, UNPROTECT);
	unwp(self);
	cpu_write(self, PARENT);
}
