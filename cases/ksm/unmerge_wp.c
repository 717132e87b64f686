// SPDX-License-Identifier: GPL-2.0-only
/*
 * MADV_UNMERGEABLE of merged pages that are write-protected by userfaultfd. Unmerging
 * copies the pages, but it is not a write, so the uffd-wp bits must stay. break_ksm()
 * took a write fault for it, which userfaultfd cannot resolve inside the kernel. The
 * pages stayed merged, and the call reported success.
 */
#include "case.h"

CASE("merged pages, write-protect, unmerge: copied, with their uffd-wp bits", "C3 C4 C8");
SEEN_TO_FAIL("5.10", "C8", "*");
BROKEN_BY("unmerge-stays-merged", "ksm-none");
VARIANTS("ksm", "none");

TEST_F(scene, unmerge_wp)
{
	wp(self);
	ksm_unmerge(self);
	marks_stay(self);
	write_under_wp(self, 0, UNPROTECT);
	unwp(self);
	cpu_write(self, PARENT);
}
