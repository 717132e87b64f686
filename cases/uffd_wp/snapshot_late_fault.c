// SPDX-License-Identifier: GPL-2.0-only
/*
 * Flow B with a fault that is under way when the speculative unprotect comes:
 * it is resolved without anybody reading its notification, and may or may not
 * need COW.							(C1, C3)
 */
#include "case.h"

CASE("flow B, the unprotect meets a write that already waits in its fault", "C1 C3");
SEEN_TO_FAIL("5.10", "C1", "anon-io_uring thp_pte-* zero-* anon-rdma");
SEEN_TO_FAIL("5.10-always-copy", "C1", "thp-*");
SEEN_TO_FAIL("7.3-pin-skips-cow", "C1", "shmem_private-*");
NOT_SEEN_TO_FAIL("no pin and nobody who shares the page: the control", "anon-none");
KNOWN_BROKEN("5.9", "5.19", "C1", "6c287605fd56",
	     "do_wp_page() copies an exclusive page whenever page_count() != 1 (09854ba94c6a)",
	     "anon-[!n]* thp_pte-[!n]* zero-[!n]*");
PATCHED("5.10-mapcount", "pass", "the number of mappings decides: a pin does not make a copy", "*");
PATCHED("5.10-pte-only", "pass", "write-protect is resolved from the page table alone", "*");
PATCHED("5.10-always-copy", "C1", "THP and swap-in count references, too: a pin makes a copy",
	"thp-*");
PATCHED("7.3-pin-skips-cow", "C1", "a pin for writing takes what is there",
	"shmem_private-* zero-*");

VARIANTS_ANON(io_uring);
VARIANT(shmem_private, io_uring);
VARIANT(zero, io_uring);
VARIANT(anon, rdma);
VARIANT(thp, rdma);
VARIANT_NOPIN(anon);

TEST_F(scene, snapshot_late_fault)
{
	pin(self);
	wp(self);
	snapshot(self);
	write_begin(self, 1);
	unwp(self);
	write_finish(self);
	device_write(self);
	snapshot_holds(self);
}
