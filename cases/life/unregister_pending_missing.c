// SPDX-License-Identifier: GPL-2.0-only
/*
 * The control of life/unregister_pending: the range is registered for missing
 * pages, too, and there UFFDIO_UNREGISTER wakes whoever waits, for whatever.
 * 							 (C1, C3)
 */
#include "case.h"

CONTROL("a write waits, a range that is registered for more is unregistered: it goes on", "C1 C3");
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
