// SPDX-License-Identifier: GPL-2.0-only
/*
 * Write-protect with no page behind it protects nothing (without
 * WP_UNPOPULATED); a pin then brings the pages, and they are its own. (C1, C7)
 */
#include "case.h"

CASE("write-protect nothing, then pin what comes", "C1 C7");
SEEN_TO_FAIL("5.10", "C1", "*");
KNOWN_BROKEN("5.9", "5.19", "C1", "6c287605fd56",
	     "do_wp_page() copies an exclusive page whenever page_count() != 1 (09854ba94c6a)",
	     "unpopulated-*");
PATCHED("5.10-mapcount", "pass", "the number of mappings decides: a pin does not make a copy", "*");
PATCHED("5.10-pte-only", "pass", "write-protect is resolved from the page table alone", "*");

VARIANT(unpopulated, io_uring);
VARIANT(unpopulated, rdma);

TEST_F(scene, unpopulated_then_pin)
{
	wp(self);
	pin(self);
	cpu_write(self, PARENT);
	unwp(self);
	cpu_write(self, PARENT);
	device_write(self);
}
