// SPDX-License-Identifier: GPL-2.0-only
/*
 * With WP_UNPOPULATED there are PTE markers where no page is. A pin for writing is a
 * write, so it must raise a notification for each of them.
 */
#include "case.h"

CASE("PTE markers in unpopulated memory, then pin: a notification for each page", "C1 C3 C7");
SEEN_TO_FAIL("7.3-gup-ignores-wp", "C3", "*");
OBSERVES("pin_under_wp", "how the registration ends, and how many notifications it makes");
VARIANTS("unpopulated", "io_uring rdma");

TEST_F(scene, marker_then_pin)
{
	uffd_open(self, WP_UNPOPULATED);
	wp(self);
	if (!pin_write_protected(self)) {
		unwp(self);
		cpu_write(self, PARENT);
		return;
	}
	cpu_write(self, PARENT);
	device_write(self);
}
