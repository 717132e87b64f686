// SPDX-License-Identifier: GPL-2.0-only
/*
 * Write-protect with no page behind it protects nothing (without
 * WP_UNPOPULATED); a pin then brings the pages, and they are its own. (C1, C7)
 */
#include "case.h"

CASE("write-protect nothing, then pin what comes", "C1 C7");
SEEN_TO_FAIL("5.10", "C1", "*");
BROKEN_BY("copies-exclusive", "unpopulated-*");
PATCHED("5.10-mapcount", "pass", "*");
PATCHED("5.10-pte-only", "pass", "*");

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
