// SPDX-License-Identifier: GPL-2.0-only
/*
 * One of 512 small pages is written, then a huge page takes their place. The huge page
 * must be soft-dirty as a whole. A huge page of a file gets a new page table entry, and
 * the soft-dirty bits of the small pages are lost.
 */
#include "case.h"

CASE("soft-dirty: clear, write one page, collapse, write all", "C9");
SEEN_TO_FAIL("7.3-collapse-forgets-soft-dirty", "C9", "*");
BROKEN_BY("file-drop-forgets-soft-dirty", "shmem_2m-none");
VARIANTS("small_2m shmem_2m", "none");

TEST_F(scene, sd_collapse)
{
	ledger_open(self, SOFT_DIRTY);
	ledger_clear(self);
	cpu_write_pages(self, PARENT, PAGE(1));
	thp_collapse(self);
	cpu_write(self, PARENT);
}
