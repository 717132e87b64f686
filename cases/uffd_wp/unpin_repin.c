// SPDX-License-Identifier: GPL-2.0-only
/*
 * Unpinning must give the pages back, and the count of pins must go down. A second pin
 * gets what is mapped by then, and must hold through a round trip as the first one did.
 */
#include "case.h"

CASE("pin, round trip, unpin, write, pin again, round trip", "C1 C7 C8");
SEEN_TO_FAIL("5.10", "C1", "anon-* thp_pte-* zero-io_uring swapped-io_uring");
SEEN_TO_FAIL("5.10-always-copy", "C1", "thp-*");
SEEN_TO_FAIL("7.3-unpin-keeps-reference", "C8", "*-io_uring");
SEEN_TO_FAIL("7.3-dereg-keeps-account", "C8", "anon-rdma thp-rdma");
BROKEN_BY("copies-exclusive", "anon-* thp_pte-* zero-* swapped-io_uring");
PATCHED("5.10-mapcount 5.10-pte-only", "pass", "*");
PATCHED("5.10-always-copy", "C1", "*");
VARIANTS("ANON zero swapped", "io_uring");
VARIANTS("anon thp", "rdma");

TEST_F(scene, unpin_repin)
{
	pin(self);
	wp(self);
	unwp(self);
	unpin(self);
	cpu_write(self, PARENT);
	pin(self);
	device_write(self);
	wp(self);
	unwp(self);
	cpu_write(self, PARENT);
	unpin(self);
	cpu_write(self, PARENT);
}
