// SPDX-License-Identifier: GPL-2.0-only
/*
 * The uffd-wp bit must survive swap: the page goes out, comes back by a read, and the
 * next write must still raise a notification.
 */
#include "case.h"

CASE("write-protect, swap out and in: the uffd-wp bit stays", "C3 C4");
SEEN_TO_FAIL("7.3-swap-forgets-wp", "C4", "*-none");
SEEN_TO_FAIL("7.3-exit-keeps-swap", "C8", "thp-none thp_pte-none");
VARIANTS("ANON", "none");

TEST_F(scene, wp_swapped)
{
	wp(self);
	pageout(self, true);
	marks_stay(self);
	write_under_wp(self, 1, UNPROTECT);
	cpu_read(self, PARENT);
	write_under_wp(self, 0, UNPROTECT);
}
