// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reclaim splits huge pages that are mostly zeros and maps the zero page in their place.
 * Where they were read-and-write protected the new entries must not be accessible either: the
 * uffd bit alone does not stop a read.
 */
#include "case.h"

CASE("read-and-write protect a huge page of zeros, let reclaim split it: a read is noticed",
     "C3 C4");
NOT_SEEN_TO_FAIL(
	"no kernel is to be had; the mutant that does not see read-and-write protection where the zero page is mapped fails by C3",
	"*");
VARIANTS("thp_zeros thp thp_pte", "none");

TEST_F(scene, underused)
{
	uffd_open(self, FOR_RWP);
	cpu_read(self, PARENT);
	wp(self);
	thp_underused(self);
	read_under_rwp(self, PARENT, 0);
	read_under_rwp(self, PARENT, 1);
	write_under_wp(self, 2, UNPROTECT);
}
