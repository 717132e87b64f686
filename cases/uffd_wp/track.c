// SPDX-License-Identifier: GPL-2.0-only
/*
 * Flow A, tracking: write-protect, write fault, notification, unprotect, wake, retry.
 * Each write must raise one notification, and must not be visible anywhere before it is
 * resolved. Then it must land in the writer's own page, which is the pinned one.
 */
#include "case.h"

CASE("flow A: write fault, notification, unprotect, retry, with a pin", "C1 C3");
SEEN_TO_FAIL("5.10", "C1",
	     "*-odirect *-rdma* anon-io_uring thp-* thp_pte-* zero-io_uring swapped-*");
SEEN_TO_FAIL("7.3-unwp-grants-write", "C2", "shmem_private-none");
SEEN_TO_FAIL("7.3-unwp-grants-write", "C3", "zero-none");
SEEN_TO_FAIL("7.3-pin-skips-cow", "C1", "shmem_private-io_uring");
SEEN_TO_FAIL("7.3-dma-by-page-table", "C4", "shmem-io_uring");
NOT_SEEN_TO_FAIL("no pin and nobody who shares the page: the control", "anon-none");
BROKEN_BY("copies-exclusive", "anon-[!n]* thp_pte-[!n]* zero-[!n]* thp-[!n]* swapped-io_uring");
PATCHED("5.10-mapcount 5.10-pte-only", "pass", "*");
VARIANTS("ANON shmem_private shmem zero swapped", "io_uring");
VARIANTS("anon thp", "rdma");
VARIANTS("anon", "odirect rdma_ro");
VARIANTS("anon shmem_private zero", "none");

TEST_F(scene, track)
{
	pin(self);
	wp(self);
	write_under_wp(self, 1, UNPROTECT);
	write_under_wp(self, 0, UNPROTECT);
	device_write(self);
	unwp(self);
	cpu_write(self, PARENT);
}
