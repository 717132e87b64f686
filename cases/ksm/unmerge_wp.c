// SPDX-License-Identifier: GPL-2.0-only
/*
 * MADV_UNMERGEABLE of merged pages that are write-protected: they are copied apart,
 * which is no write, and the marks stay. It took a write fault for that up to v6.1,
 * which userfaultfd cannot resolve inside the kernel: the pages stayed merged, and
 * the call said that it was done.					(C3, C4, C8)
 */
#include "case.h"

CASE("merged pages, write-protect, unmerge: apart, with their marks", "C3 C4 C8");
SEEN_TO_FAIL("5.10", "C8", "*");
BROKEN_BY("break-ksm-hangs", "ksm-none");

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
