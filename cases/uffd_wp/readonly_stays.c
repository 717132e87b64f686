// SPDX-License-Identifier: GPL-2.0-only
/*
 * A read-only mapping must stay read-only: a write-protect round trip must not give back
 * the write access that mprotect() took away.
 */
#include "case.h"

CASE("a round trip on a read-only mapping: writing is still refused", "C5");
SEEN_TO_FAIL("7.3-unwp-grants-write", "C5", "*");
VARIANTS("BRIEF shmem shmem_private zero", "none");
VARIANTS("anon", "io_uring rdma");

TEST_F(scene, readonly_stays)
{
	pin(self);
	mprotect_ro(self);
	wp(self);
	unwp(self);
	cpu_write_refused(self, 1);
	device_write(self);
}
