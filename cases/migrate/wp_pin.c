// SPDX-License-Identifier: GPL-2.0-only
/*
 * Pinned and write-protected: the move is refused, the mark stays, a write is
 * noticed, and then goes where the device sees it.		(C1, C3, C4)
 */
#include "case.h"

CASE("pin, write-protect, move: neither pin nor mark is lost", "C1 C3 C4");
SEEN_TO_FAIL("7.3-migrates-pinned", "C1", "*");
BROKEN_BY("copies-exclusive", "anon-* thp_pte-* zero-*");
BROKEN_BY("thp-migration-forgets-wp", "thp-*");

VARIANTS("ALL mthp hugetlb_shared", "io_uring");
VARIANTS("BRIEF shmem", "rdma");
VARIANTS("anon", "odirect rdma_ro");

TEST_F(scene, wp_pin)
{
	pin(self);
	wp(self);
	migrate(self);
	write_under_wp(self, 0, UNPROTECT);
	device_write(self);
	unwp(self);
	cpu_write(self, PARENT);
}
