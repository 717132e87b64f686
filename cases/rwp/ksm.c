// SPDX-License-Identifier: GPL-2.0-only
/*
 * KSM merges pages that are read-and-write protected, whose content it reads by itself.
 * The new entry must be protected, too: not accessible, and with its uffd bit. The first
 * access must raise a notification. See results/findings/ksm-forgets-marks.md.
 */
#include "case.h"

CASE("read-and-write protect, let KSM merge: an access still raises a notification", "C3 C4");
SEEN_TO_FAIL("7.3", "C4", "*");
BROKEN_BY("ksm-forgets-wp", "*");
VARIANTS("anon thp_pte", "none");

TEST_F(scene, ksm)
{
	uffd_open(self, FOR_RWP);
	cpu_write(self, PARENT);
	wp(self);
	ksm_scan(self);
	read_under_rwp(self, PARENT, 0);
	write_under_wp(self, 1, UNPROTECT);
}
