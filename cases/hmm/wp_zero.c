// SPDX-License-Identifier: GPL-2.0-only
/*
 * Where the zero page is a device makes a page of its own. If somebody had asked to be told of the first
 * write there, he still wants to be.
 */
#include "case.h"

CASE("write-protect the zero page, to a device: the mark stays", "C4");
SEEN_TO_FAIL("7.3-hmm", "C4", "*");
BROKEN_BY("device-drops-zero-mark", "*");
VARIANTS("zero zero_huge", "none");

TEST_F(scene, wp_zero)
{
	uffd_open(self, 0);
	wp(self);
	to_device(self, ALL_PAGES);
	cpu_read(self, PARENT);
	write_under_wp(self, 0, UNPROTECT);
}
