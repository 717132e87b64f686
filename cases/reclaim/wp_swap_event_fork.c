// SPDX-License-Identifier: GPL-2.0-only
/*
 * A write-protected page is swapped out and then shared by fork() with EVENT_FORK. The
 * child's entry must have the uffd-wp bit, also after the page has been brought back.
 */
#include "case.h"

CASE("write-protect, swap out, fork with EVENT_FORK: both keep the uffd-wp bit", "C2 C3 C4");
SEEN_TO_FAIL("7.3-swap-forgets-wp", "C4", "*");
SEEN_TO_FAIL("7.3-exit-keeps-swap", "C8", "thp-none thp_pte-none");
VARIANTS("ANON mthp", "none");

TEST_F(scene, wp_swap_event_fork)
{
	uffd_open(self, WP_EVENT_FORK);
	wp(self);
	pageout(self, true);
	fork_child(self);
	child_write_under_wp(self, 0);
	write_under_wp(self, 0, UNPROTECT);
	write_under_wp(self, 1, UNPROTECT);
}
