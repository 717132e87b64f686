// SPDX-License-Identifier: GPL-2.0-only
/*
 * A page that was pinned is merged after the pin has gone, and is then pinned again. The
 * new pin must get it out of the merged page.
 */
#include "case.h"

CASE("pin, unpin, merge, pin again, write", "C1 C2 C7");
SEEN_TO_FAIL("7.3-pin-skips-cow", "C7", "thp-* thp_pte-*");
SEEN_TO_FAIL("7.3-pin-skips-cow", "C2", "anon-*");
VARIANTS("ANON", "io_uring");
VARIANTS("anon thp", "rdma");

TEST_F(scene, unpin_then_merge)
{
	pin(self);
	unpin(self);
	ksm_scan(self);
	pin(self);
	device_write(self);
	cpu_write(self, PARENT);
}
