// SPDX-License-Identifier: GPL-2.0-only
/*
 * One page that is mapped many times in a row is no run of pages, though they are
 * all of one folio. io_uring took it for one, so that the device had the pages
 * behind it in memory, whosever they were: 57bebf807e2a (v6.3), fixed by
 * 776617db78c6 (v6.4), CVE-2023-2598. Here the page is one of a huge page, so that
 * what asks for the folio only is found out, too.		(C1, C2)
 */
#include "case.h"

CASE("a pin of pages that are mapped many times in a row", "C1 C2");
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
