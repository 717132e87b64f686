// SPDX-License-Identifier: GPL-2.0-only
/*
 * A page that is a device's alone stays where it is, and is write-protected there. Who touches it has it
 * again, with its mark.
 */
#include "case.h"

CASE("a page is a device's alone, write-protect, write: the mark stays", "C3 C4");
SEEN_TO_FAIL("7.3-hmm-exclusive-grants-write", "C4", "*");
VARIANTS("anon thp", "none");

TEST_F(scene, exclusive)
{
	uffd_open(self, 0);
	device_exclusive(self, 0);
	wp(self);
	cpu_read(self, PARENT);
	write_under_wp(self, 0, UNPROTECT);
}
