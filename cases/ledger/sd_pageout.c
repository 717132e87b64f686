// SPDX-License-Identifier: GPL-2.0-only
/*
 * What was written leaves the page table for swap and comes back by a read: the
 * swap entry has carried the bit since 179ef71cbc08 (v3.11).	(C9)
 * What is in a file leaves no entry behind, so the bit is lost, and with it the
 * write. See results/findings/soft-dirty-file.md.
 */
#include "case.h"

CASE("soft-dirty: clear, write, page out, read, write one, page out again", "C9");
SEEN_TO_FAIL("7.3-swapin-forgets-soft-dirty", "C9", "*");
KNOWN_BROKEN("3.11", "", "C9", "", "nothing is left of a page of a file that reclaim unmaps",
	     "shmem-none file_shared-none");

VARIANT_NOPIN(anon);
VARIANT_NOPIN(thp);
VARIANT_NOPIN(thp_pte);
VARIANT_NOPIN(mthp);
VARIANT_NOPIN(shmem);
VARIANT_NOPIN(shmem_private);
VARIANT_NOPIN(file_private);
VARIANT_NOPIN(file_shared);
VARIANT_NOPIN(zero);

TEST_F(scene, sd_pageout)
{
	ledger_open(self, SOFT_DIRTY);
	ledger_clear(self);
	cpu_write(self, PARENT);
	pageout(self, true);
	cpu_read(self, PARENT);
	ledger_clear(self);
	cpu_write_pages(self, PARENT, PAGE(0));
	pageout(self, true);
	cpu_read(self, PARENT);
}
