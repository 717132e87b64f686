// SPDX-License-Identifier: GPL-2.0-only
/* Write-protected pages go to a device that the CPU reaches, and come back: the marks go along. */
#include "case.h"

CASE("write-protect, to a coherent device and back: the marks stay", "C3 C4");
SEEN_TO_FAIL("7.3-hmm-migration-forgets-wp", "C4", "thp_pte-* mthp-*");
SEEN_TO_FAIL("7.3-hmm-collect-forgets-wp", "C4", "anon-*");
WITH_COHERENT_DEVICE;
VARIANTS("anon thp_pte mthp", "none");

TEST_F(scene, coherent_wp)
{
	uffd_open(self, 0);
	wp(self);
	to_coherent_device(self);
	write_under_wp(self, 0, UNPROTECT);
	from_coherent_device(self);
	marks_stay(self);
	write_under_wp(self, 1, UNPROTECT);
}
