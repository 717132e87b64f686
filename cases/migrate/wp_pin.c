// SPDX-License-Identifier: GPL-2.0-only
/*
 * Pinned and write-protected: the move is refused, the mark stays, a write is
 * noticed, and then goes where the device sees it.		(C1, C3, C4)
 */
#include "case.h"

CASE("pin, write-protect, move: neither pin nor mark is lost", "C1 C3 C4");

VARIANTS_ALL(io_uring);
VARIANTS_ALL(rdma);
VARIANT(anon, odirect);
VARIANT(anon, rdma_ro);
VARIANT(mthp, io_uring);
VARIANT(hugetlb_shared, io_uring);

TEST_F(scene, wp_pin)
{
	pin(self);
	wp(self);
	migrate(self, MUST_GO);
	write_under_wp(self, 0, UNPROTECT);
	device_write(self);
	unwp(self);
	cpu_write(self, PARENT);
}
