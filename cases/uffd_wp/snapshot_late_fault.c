// SPDX-License-Identifier: GPL-2.0-only
/*
 * Flow B with a write that already waits in its fault when the speculative unprotect
 * comes. The fault is resolved without anyone reading its notification, and may or may
 * not need COW.
 */
#include "case.h"

CASE("flow B: the unprotect meets a write that already waits in its fault", "C1 C3");
SEEN_TO_FAIL("5.10", "C1", "anon-io_uring thp_pte-* zero-* anon-rdma");
SEEN_TO_FAIL("5.10-always-copy", "C1", "thp-*");
SEEN_TO_FAIL("7.3-pin-skips-cow", "C1", "shmem_private-*");
NOT_SEEN_TO_FAIL("no pin and nobody who shares the page: the control", "anon-none");
BROKEN_BY("copies-exclusive", "anon-[!n]* thp_pte-[!n]* zero-[!n]*");
PATCHED("5.10-mapcount 5.10-pte-only", "pass", "*");
PATCHED("5.10-always-copy", "C1", "thp-*");
VARIANTS("ANON shmem_private zero", "io_uring");
VARIANTS("anon thp", "rdma");
VARIANTS("anon", "none");

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
