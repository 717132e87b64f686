// SPDX-License-Identifier: GPL-2.0-only
/*
 * The monitor copies the page out when the write notification comes, and then unprotects
 * it. The copy must hold the old data.
 */
#include "case.h"

CASE("the monitor copies the page, then unprotects it", "C1 C3");
SEEN_TO_FAIL("5.10", "C1", "anon-io_uring thp-* thp_pte-* zero-* anon-rdma swapped-io_uring");
SEEN_TO_FAIL("7.3-pin-skips-cow", "C1", "shmem_private-*");
SEEN_TO_FAIL("7.3-dma-by-page-table", "C4", "hugetlb-* shmem-* mthp-* hugetlb_shared-*");
NOT_SEEN_TO_FAIL("no pin and nobody who shares the page: the control", "anon-none");
BROKEN_BY("copies-exclusive", "anon-[!n]* thp_pte-[!n]* zero-[!n]* thp-[!n]* swapped-io_uring");
PATCHED("5.10-mapcount 5.10-pte-only", "pass", "*");
VARIANTS("ALL swapped mthp hugetlb_shared", "io_uring");
VARIANTS("anon thp", "rdma");
VARIANTS("anon", "none");

TEST_F(scene, copy_then_unprotect)
{
	pin(self);
	wp(self);
	write_under_wp(self, 1, COPY_THEN_UNPROTECT);
	snapshot_holds(self);
	device_write(self);
}
