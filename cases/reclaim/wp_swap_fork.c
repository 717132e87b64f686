// SPDX-License-Identifier: GPL-2.0-only
/*
 * A write-protected page is swapped out and then shared by fork() without EVENT_FORK. The
 * child's entry must not have the uffd-wp bit, and its write must not raise a
 * notification.
 */
#include "case.h"

CASE("write-protect, swap out, fork: the child has no uffd-wp bit", "C2 C3 C4");
SEEN_TO_FAIL("7.3-fork-keeps-swapped-wp", "C4", "*");
SEEN_TO_FAIL("7.3-exit-keeps-swap", "C8", "thp-none thp_pte-none");
SEEN_TO_FAIL("7.3-swap-forgets-wp", "C4", "*");
VARIANTS("ANON mthp", "none");

TEST_F(scene, wp_swap_fork)
{
	wp(self);
	pageout(self, true);
	fork_child(self);
	cpu_write(self, CHILD);
	write_under_wp(self, 1, UNPROTECT);
	unwp(self);
	cpu_write(self, PARENT);
}
