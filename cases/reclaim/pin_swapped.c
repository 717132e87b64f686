// SPDX-License-Identifier: GPL-2.0-only
/*
 * A pin of memory that is swapped out must bring it back with its data, and must get the
 * page that the process maps.
 */
#include "case.h"

CASE("swap out, then pin: the pin gets the page that comes back", "C1 C7");
SEEN_TO_FAIL("7.3-pin-skips-cow", "C1", "*");
VARIANTS("ANON", "io_uring");
VARIANTS("anon", "rdma");

TEST_F(scene, pin_swapped)
{
	pageout(self, true);
	pin(self);
	cpu_write(self, PARENT);
	device_write(self);
}
