// SPDX-License-Identifier: GPL-2.0-only
/*
 * MADV_DONTNEED takes a number of bytes. From the start of a small page any number is the
 * whole page, and the page goes. Of a huge page of hugetlbfs it is nothing: who does not
 * know that the memory has huge pages would lose what is behind the end of the range.
 *
 * It was rounded up from v5.18 on. Fixed by 8ebe0a5eaaeb (v6.1).
 */
#include "case.h"

CASE("MADV_DONTNEED of a few bytes: a small page goes, a huge one stays", "C0 C1");
SEEN_TO_FAIL("7.3-dontneed-rounds-up", "C0", "hugetlb-*");
SEEN_TO_FAIL("7.3-dontneed-spares-pinned", "C1", "anon-io_uring");
SEEN_TO_FAIL("7.3-advice-rounds-down", "C1", "anon-* thp_pte-*");
VARIANTS("anon hugetlb", "none io_uring");
VARIANTS("thp_pte", "none");

TEST_F(scene, dontneed_bytes)
{
	pin(self);
	dontneed_bytes(self, 0);
	cpu_write(self, PARENT);
	dontneed_bytes(self, 1);
	device_write(self);
	cpu_write(self, PARENT);
}
