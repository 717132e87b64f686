// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reclaim splits huge pages that are mostly zeros and maps the zero page in their place.
 * The uffd-wp bits of these pages must stay; b1f202060afe lost them.
 */
#include "case.h"

CASE("write-protect a huge page of zeros, let reclaim split it: the uffd-wp bits stay", "C3 C4");
SEEN_TO_FAIL("6.16", "C4", "*");
SEEN_TO_FAIL("7.3-zeropage-forgets-wp", "C4", "*");
BROKEN_BY("underused-zero-forgets-bits", "*");
VARIANTS("thp_zeros thp thp_pte", "none");

TEST_F(scene, underused_wp)
{
	wp(self);
	thp_underused(self);
	write_under_wp(self, 0, UNPROTECT);
	unwp(self);
	cpu_write(self, PARENT);
}
