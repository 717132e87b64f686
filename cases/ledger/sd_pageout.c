// SPDX-License-Identifier: GPL-2.0-only
/*
 * A page that was written is swapped out and comes back by a read. It must still be
 * reported: the swap entry has carried the soft-dirty bit since 179ef71cbc08 (v3.11). A
 * page of a file leaves no entry behind when it is reclaimed, so the soft-dirty bit is
 * lost, and with it the write.
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
