// SPDX-License-Identifier: GPL-2.0-only
/*
 * As life/unregister_pending, for read-and-write protect (v7.3): it waits on the same
 * queue. An access waits for the monitor, which unregisters the range. Nobody will answer
 * it any more, so it must go on. (C1, C3)
 */
#include "case.h"

CASE("an access waits under read-and-write protect, the range is unregistered: it goes on",
     "C1 C3");
SEEN_TO_FAIL("7.3", "C3", "*");
BROKEN_BY("unregister-wakes-no-writer", "*");
VARIANTS("anon", "io_uring");
VARIANTS("hugetlb shmem", "none");

TEST_F(scene, unregister_pending)
{
	uffd_open(self, FOR_RWP);
	pin(self);
	wp(self);
	write_begin(self, 1);
	unregister(self);
	write_finish(self);
	device_write(self);
}
