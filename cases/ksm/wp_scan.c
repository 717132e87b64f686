// SPDX-License-Identifier: GPL-2.0-only
/*
 * KSM looks at pages that are write-protected: if it merges them, the mark must
 * come along, for the next write has to be noticed.		(C3, C4)
 *
 * replace_page() makes the new entry from nothing but the protection of the mapping,
 * on every kernel so far: results/findings/ksm-forgets-marks.md. What is pinned is
 * not merged, and keeps its mark.
 */
#include "case.h"

CASE("write-protect, let KSM merge: the mark stays and the write is noticed", "C3 C4");
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
