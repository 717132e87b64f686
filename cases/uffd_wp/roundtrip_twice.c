// SPDX-License-Identifier: GPL-2.0-only
/*
 * Two write-protect round trips on pinned memory, with a write in between: a
 * page that survived one must survive the next.			(C1, C3)
 */
#include "case.h"

CASE("two round trips with a write in between", "C1 C3");
SEEN_TO_FAIL("5.10", "C1", "anon-* thp_pte-* zero-*");
SEEN_TO_FAIL("5.10-always-copy", "C1", "thp-*");
SEEN_TO_FAIL("7.3-pin-skips-cow", "C1", "shmem_private-*");
KNOWN_BROKEN("5.9", "5.19", "6c287605fd56",
	     "do_wp_page() copies an exclusive page whenever page_count() != 1 (09854ba94c6a)",
	     "anon-[!n]* thp_pte-[!n]* zero-[!n]*");
PATCHED("5.10-mapcount", "pass",
	"the number of mappings decides: a pin does not make a copy", "*");
PATCHED("5.10-pte-only", "pass", "write-protect is resolved from the page table alone", "*");
PATCHED("5.10-always-copy", "fail",
	"THP and swap-in count references, too: a pin makes a copy", "*");
PATCHED("7.3-pin-skips-cow", "fail",
	"a pin for writing takes what is there", "shmem_private-* zero-*");

VARIANTS_ALL(io_uring);
VARIANTS_ALL(rdma);

TEST_F(scene, roundtrip_twice)
{
	pin(self);
	wp(self);
	unwp(self);
	cpu_write(self, PARENT);
	wp(self);
	unwp(self);
	cpu_write(self, PARENT);
	device_write(self);
}
