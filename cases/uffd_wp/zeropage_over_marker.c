// SPDX-License-Identifier: GPL-2.0-only
/*
 * Memory is registered for missing pages and for write-protect, and where nothing is a PTE
 * marker is left by write-protect. Who reads there waits in a fault of a missing page, and
 * a monitor that answers with UFFDIO_ZEROPAGE must be able to fill the hole, as by
 * UFFDIO_COPY.
 */
#include "case.h"

CASE("PTE markers, UFFDIO_ZEROPAGE over them: a fault of a missing page can be answered", "C2 C3");
SEEN_TO_FAIL("6.12 7.3", "C3", "*");
BROKEN_BY("zeropage-refuses-marker", "*");
VARIANTS("anon unpopulated", "none");

TEST_F(scene, zeropage_over_marker)
{
	uffd_open(self, WITH_MISSING | WP_UNPOPULATED);
	drop_pages(self, ALL_PAGES);
	wp(self);
	read_missing(self, 0, FILL_ZEROPAGE);
	cpu_write_pages(self, PARENT, PAGE(0));
	fill_hole(self, PAGE(1), FILL_ZEROPAGE);
}
