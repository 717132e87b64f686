// SPDX-License-Identifier: GPL-2.0-only
/*
 * The other order: protected first, then read-only, then unprotected. (C5)
 */
#include "case.h"

CASE("write-protect, mprotect R, unprotect: writing is still refused",
     "C5");
SEEN_TO_FAIL("TBD");

VARIANT_NOPIN(anon);
VARIANT_NOPIN(thp);
VARIANT_NOPIN(hugetlb);
VARIANT_NOPIN(shmem);
VARIANT_NOPIN(shmem_private);
VARIANT_NOPIN(zero);
VARIANT(anon, io_uring);
VARIANT(anon, rdma);

TEST_F(scene, readonly_under_wp)
{
	pin(self);
	wp(self);
	mprotect_ro(self);
	unwp(self);
	cpu_write_refused(self, 1);
	device_write(self);
}
