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
/* Before fb8e37f35a2f (v5.14) pagemap does not show marks: only the write tells. */
KNOWN_BROKEN("5.7", "5.14", "C3", "", "KSM's replace_page() drops the mark", "*-none");
KNOWN_BROKEN("5.14", "", "C4", "", "KSM's replace_page() drops the mark", "*-none");
KNOWN_BROKEN("5.9", "5.19", "C1", "6c287605fd56",
	     "do_wp_page() copies an exclusive page whenever page_count() != 1 (09854ba94c6a)",
	     "anon-io_uring");
PATCHED("7.3-ksm-merges-pinned", "C4", "KSM merges pinned pages", "*-none");
PATCHED("7.3-ksm-merges-pinned", "C1", "KSM merges pinned pages", "*-io_uring");

VARIANT_NOPIN(anon);
VARIANT_NOPIN(thp);
VARIANT_NOPIN(thp_pte);
VARIANT_NOPIN(shmem_private);
VARIANT(anon, io_uring);

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
