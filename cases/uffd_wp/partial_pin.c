// SPDX-License-Identifier: GPL-2.0-only
/*
 * A pin that covers one page of several, and a round trip over all of them: the
 * pinned page stays the pin's, the others are nobody's business.	(C1, C3)
 */
#include "case.h"

CASE("a round trip over several pages of which one is pinned", "C1 C3");
SEEN_TO_FAIL("5.10", "C1", "anon-* thp_pte-*");
SEEN_TO_FAIL("5.10-always-copy", "C1", "thp-*");
KNOWN_BROKEN("5.9", "5.19", "C1", "6c287605fd56",
	     "do_wp_page() copies an exclusive page whenever page_count() != 1 (09854ba94c6a)",
	     "anon-* thp_pte-*");
PATCHED("5.10-mapcount", "pass", "the number of mappings decides: a pin does not make a copy", "*");
PATCHED("5.10-pte-only", "pass", "write-protect is resolved from the page table alone", "*");
PATCHED("5.10-always-copy", "C1", "THP and swap-in count references, too: a pin makes a copy", "*");

VARIANTS_ANON(io_uring);
VARIANT(anon, rdma);
VARIANT(thp, rdma);

TEST_F(scene, partial_pin)
{
	pin_pages(self, PAGE(1));
	wp(self);
	unwp(self);
	cpu_write(self, PARENT);
	device_write(self);
}
