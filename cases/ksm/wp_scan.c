// SPDX-License-Identifier: GPL-2.0-only
/*
 * KSM scans pages that are write-protected by userfaultfd. If it merges them, the uffd-wp
 * bit must stay, because the next write has to cause a write notification. replace_page()
 * builds the new entry from nothing but the protection of the mapping, so the bit is
 * lost. Pinned pages are not merged and keep it.
 */
#include "case.h"

CASE("write-protect, let KSM merge: the uffd-wp bit stays, a write causes a notification", "C3 C4");
SEEN_TO_FAIL("6.1", "C4", "*-none");
SEEN_TO_FAIL("5.10", "C1", "anon-io_uring");
BROKEN_BY("ksm-forgets-wp", "*-none");
BROKEN_BY("copies-exclusive", "anon-io_uring");
VARIANTS("ANON shmem_private", "none");
VARIANTS("anon", "io_uring");

TEST_F(scene, wp_scan)
{
	cpu_write(self, PARENT);
	pin(self);
	wp(self);
	ksm_scan(self);
	write_under_wp(self, 0, UNPROTECT);
	unwp(self);
	cpu_write(self, PARENT);
}
