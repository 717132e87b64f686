// SPDX-License-Identifier: GPL-2.0-only
/*
 * The control for life/unregister_pending. The range is registered for missing pages as
 * well, and there UFFDIO_UNREGISTER wakes every waiter, whatever it waits for.
 */
#include "case.h"

CONTROL("unregister a range that is also registered for missing pages: a waiting write goes on",
	"C1 C3");
SEEN_TO_FAIL("7.3-unregister-keeps-wp", "C4", "*");
BROKEN_BY("copies-exclusive", "anon-io_uring");
VARIANTS("anon", "io_uring");
VARIANTS("anon hugetlb shmem", "none");

TEST_F(scene, unregister_pending_missing)
{
	uffd_open(self, WITH_MISSING);
	pin(self);
	wp(self);
	write_begin(self, 1);
	unregister(self);
	write_finish(self);
	device_write(self);
}
