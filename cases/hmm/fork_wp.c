// SPDX-License-Identifier: GPL-2.0-only
#include "case.h"

CASE("write-protect, to a device, fork: parent and child have the marks", "C3 C4");
SEEN_TO_FAIL("7.3-hmm-fork-forgets-wp", "C4", "*");
VARIANTS("anon thp_pte", "none");

TEST_F(scene, fork_wp)
{
	uffd_open(self, WP_EVENT_FORK);
	to_device(self, ALL_PAGES);
	wp(self);
	fork_child(self);
	child_write_under_wp(self, 0);
	write_under_wp(self, 1, UNPROTECT);
}
