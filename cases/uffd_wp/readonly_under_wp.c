// SPDX-License-Identifier: GPL-2.0-only
/*
 * Pages are write-protected, then made read-only, then unprotected. Unprotecting must not
 * give back the write access that mprotect() took away in between.
 */
#include "case.h"

CASE("write-protect, mprotect R, unprotect: writing is still refused", "C5");
SEEN_TO_FAIL("7.3-unwp-grants-write", "C5", "*");
VARIANTS("BRIEF shmem shmem_private zero", "none");
VARIANTS("anon", "io_uring rdma");

TEST_F(scene, readonly_under_wp)
{
	pin(self);
	wp(self);
	mprotect_ro(self);
	unwp(self);
	cpu_write_refused(self, 1);
	device_write(self);
}
