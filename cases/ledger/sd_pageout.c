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
BROKEN_BY("file-drop-forgets-soft-dirty", "shmem-none file_shared-none");

VARIANTS("ANON mthp shmem shmem_private file_private file_shared zero", "none");

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
