// SPDX-License-Identifier: GPL-2.0-only
/*
 * One page that is mapped many times in a row is not a run of pages, although every
 * mapping of it belongs to one folio. io_uring took it for a run, and so the device got
 * the pages behind it in memory, whoever owned them: 57bebf807e2a (v6.3), fixed by
 * 776617db78c6 (v6.4), CVE-2023-2598. Here the page is part of a huge page, so that a
 * check that compares only folios is caught, too.
 */
#include "case.h"

CASE("a pin of one page that is mapped many times in a row", "C1 C2");
SEEN_TO_FAIL("7.3-coalesce-any-page", "C7", "*-io_uring*");
VARIANTS("repeated", "io_uring io_uring_clone io_uring_slot");

TEST_F(scene, repeated)
{
	pin(self);
	cpu_write(self, PARENT);
	device_write(self);
	cpu_write(self, PARENT);
	unpin(self);
	cpu_write(self, PARENT);
}
