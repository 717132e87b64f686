// SPDX-License-Identifier: GPL-2.0-only
/*
 * A write waits for the monitor, which unregisters the range. Nobody will answer the
 * write any more, so it must go on.
 */
#include "case.h"

CASE("a write waits, the range is unregistered: the write goes on", "C1 C3");
SEEN_TO_FAIL("6.1", "C3", "*");
BROKEN_BY("unregister-wakes-no-writer", "*");
VARIANTS("anon", "io_uring");
VARIANTS("hugetlb", "none");

TEST_F(scene, unregister_pending)
{
	pin(self);
	wp(self);
	write_begin(self, 1);
	unregister(self);
	write_finish(self);
	device_write(self);
}
