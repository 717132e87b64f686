// SPDX-License-Identifier: GPL-2.0-only
/*
 * Flow B, snapshot: WP, copy the memory out, unprotect without a write having
 * come (speculatively), then a write. The copy holds the old data, the page the
 * new, the pin agrees with the page.				(C1, C3)
 */
#include "case.h"

CASE("flow B: copy out under write-protect, speculative unprotect, late write", "C1 C3");
SEEN_TO_FAIL("5.10", "C1",
	     "anon-io_uring thp_pte-* zero-* anon-rdma swapped-io_uring "
	     "thp_one-io_uring thp_remapped-io_uring thp_shared-io_uring "
	     "zero_huge-io_uring");
SEEN_TO_FAIL("5.10-always-copy", "C1", "thp-*");
SEEN_TO_FAIL("7.3-pin-skips-cow", "C1", "shmem_private-*");
KNOWN_BROKEN("5.9", "5.19", "6c287605fd56",
	     "do_wp_page() copies an exclusive page whenever page_count() != 1 (09854ba94c6a)",
	     "anon-[!n]* thp_pte-[!n]* zero-[!n]* swapped-io_uring "
	     "thp_one-io_uring thp_remapped-io_uring thp_shared-io_uring "
	     "zero_huge-io_uring");
PATCHED("5.10-mapcount", "pass",
	"the number of mappings decides: a pin does not make a copy", "*");
PATCHED("5.10-pte-only", "pass", "write-protect is resolved from the page table alone", "*");
PATCHED("5.10-always-copy", "fail",
	"THP and swap-in count references, too: a pin makes a copy", "thp-*");
PATCHED("7.3-pin-skips-cow", "fail",
	"a pin for writing takes what is there", "shmem_private-* zero-*");

VARIANTS_ALL(io_uring);
VARIANTS_ALL(rdma);
VARIANT_NOPIN(anon);
VARIANTS_MORE(io_uring);

TEST_F(scene, snapshot)
{
	pin(self);
	wp(self);
	snapshot(self);
	unwp(self);
	cpu_write(self, PARENT);
	device_write(self);
	snapshot_holds(self);
}
