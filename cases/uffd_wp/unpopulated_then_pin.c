// SPDX-License-Identifier: GPL-2.0-only
/*
 * Without WP_UNPOPULATED, write-protect of unpopulated memory protects nothing. A pin
 * then populates the pages, and they must be the process's own.
 */
#include "case.h"

CASE("write-protect unpopulated memory, then pin: the pages are the process's own", "C1 C7");
SEEN_TO_FAIL("5.10", "C1", "*");
BROKEN_BY("copies-exclusive", "unpopulated-*");
PATCHED("5.10-mapcount 5.10-pte-only", "pass", "*");
VARIANTS("unpopulated", "io_uring rdma");

TEST_F(scene, unpopulated_then_pin)
{
	wp(self);
	pin(self);
	cpu_write(self, PARENT);
	unwp(self);
	cpu_write(self, PARENT);
	device_write(self);
}
