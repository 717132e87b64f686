// SPDX-License-Identifier: GPL-2.0-only
/*
 * What is in a device is write-protected there. It must be found by who comes for it afterwards, be that
 * the CPU or, which may write to its own memory until it is told otherwise, the device.
 */
#include "case.h"

CASE("to a device, write-protect, back, write: the marks came along", "C3 C4");
SEEN_TO_FAIL("7.3-hmm-wp-keeps-write", "C4", "anon-* thp_pte-none mthp-none");
SEEN_TO_FAIL("7.3-hmm", "C1", "thp-hmm");
NOT_SEEN_TO_FAIL("a huge entry with a mark comes back read-only, whatever it was", "thp-none");
BROKEN_BY("hmm-huge-wrong-page", "thp-hmm");
VARIANTS("anon thp thp_pte mthp", "none");
VARIANTS("anon thp", "hmm");

TEST_F(scene, device_then_wp)
{
	uffd_open(self, 0);
	pin(self);
	to_device(self, ALL_PAGES);
	wp(self);
	cpu_read(self, PARENT);
	write_under_wp(self, 0, UNPROTECT);
	to_device(self, ALL_PAGES);
	unwp_pages(self, PAGE(1));
	cpu_write_pages(self, PARENT, PAGE(1));
	device_goes_away(self);
	marks_stay(self);
}
