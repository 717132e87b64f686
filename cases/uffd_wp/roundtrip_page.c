// SPDX-License-Identifier: GPL-2.0-only
/*
 * A write-protect round trip on one page of several, all of them pinned. The pin must
 * keep the page, and its neighbours must stay protected. A huge page is split by this.
 */
#include "case.h"

CASE("the round trip on one page of several: the others stay protected", "C1 C3 C4");
SEEN_TO_FAIL("5.10", "C1", "anon-* thp-* thp_pte-* zero-*");
SEEN_TO_FAIL("7.3-pin-skips-cow", "C1", "shmem_private-*");
SEEN_TO_FAIL("7.3-dma-by-page-table", "C4", "*-io_uring");
BROKEN_BY("copies-exclusive", "anon-[!n]* thp_pte-[!n]* zero-[!n]* thp-[!n]*");
PATCHED("5.10-mapcount 5.10-pte-only", "pass", "*");
VARIANTS("ALL", "io_uring");
VARIANTS("anon thp", "rdma");

TEST_F(scene, roundtrip_page)
{
	pin(self);
	wp(self);
	unwp_pages(self, PAGE(1));
	cpu_write_pages(self, PARENT, PAGE(1));
	device_write(self);
	wp_pages(self, PAGE(1));
	unwp(self);
	cpu_write(self, PARENT);
}
