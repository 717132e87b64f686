// SPDX-License-Identifier: GPL-2.0-only
/*
 * The soft-dirty bits are cleared, the process writes, and KSM merges the page with one
 * of equal content. What was written since the clear must be reported, merged or not.
 * KSM's replace_page() builds the new entry from nothing but the protection of the
 * mapping. The soft-dirty bit is lost with the old entry, so an incremental dump leaves
 * the page out. The fix is "mm/ksm: keep soft-dirty when merging a page".
 */
#include "case.h"

CASE("soft-dirty: write, let KSM merge: the write is still reported", "C9");
SEEN_TO_FAIL("5.10 7.3", "C9", "*-none");
BROKEN_BY("ksm-forgets-soft-dirty", "*-none");
VARIANTS("anon thp_pte shmem_private", "none");

TEST_F(scene, sd_ksm)
{
	ledger_open(self, SOFT_DIRTY);
	pin(self);
	ledger_clear(self);
	cpu_write(self, PARENT);
	ksm_scan(self);
}
