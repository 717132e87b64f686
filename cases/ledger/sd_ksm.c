// SPDX-License-Identifier: GPL-2.0-only
/*
 * P: clear, write; KSM merges the page with one of equal content, then P reads.
 * What was written since the clear must be reported, merged or not. KSM's
 * replace_page() makes the new entry from nothing but the protection of the mapping,
 * and the soft-dirty bit is gone with the old one: a dump of what changed leaves the
 * page out. See results/findings/ksm-forgets-marks.md. "mm/ksm: keep soft-dirty when
 * merging a page" is in 6.12.118, and not in 7.3.4.		(C9)
 */
#include "case.h"

CASE("soft-dirty: write, let KSM merge: the write is still reported", "C9");
SEEN_TO_FAIL("5.10 7.3", "C9", "*-none");
BROKEN_BY("ksm-forgets-soft-dirty", "*-none");

VARIANTS("anon thp_pte shmem_private", "none");
/* The pinned page is not merged, and stays reported. */

TEST_F(scene, sd_ksm)
{
	ledger_open(self, SOFT_DIRTY);
	pin(self);
	ledger_clear(self);
	cpu_write(self, PARENT);
	ksm_scan(self);
}
