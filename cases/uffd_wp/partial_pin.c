// SPDX-License-Identifier: GPL-2.0-only
/*
 * A pin covers one of several pages, and all of them make a write-protect round trip. The
 * pin must keep its page. The frames of the other pages do not matter.
 */
#include "case.h"

CASE("a round trip over several pages of which one is pinned", "C1 C3");
SEEN_TO_FAIL("5.10", "C1", "anon-* thp_pte-*");
SEEN_TO_FAIL("5.10-always-copy", "C1", "thp-*");
BROKEN_BY("copies-exclusive", "anon-* thp_pte-*");
PATCHED("5.10-mapcount 5.10-pte-only", "pass", "*");
PATCHED("5.10-always-copy", "C1", "*");
VARIANTS("ANON", "io_uring");
VARIANTS("anon thp", "rdma");

TEST_F(scene, partial_pin)
{
	pin_pages(self, PAGE(1));
	wp(self);
	unwp(self);
	cpu_write(self, PARENT);
	device_write(self);
}
