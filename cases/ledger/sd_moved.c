// SPDX-License-Identifier: GPL-2.0-only
/*
 * Memory that mremap() has moved is new at its new address, and must be soft-dirty there,
 * whether it was written or not (0f8975ec4db2, v3.11). It is not if a whole page table is
 * moved in one piece (2c91bd4a4e2e). The huge zero page loses the soft-dirty bit when it
 * is split.
 */
#include "case.h"

CASE("soft-dirty: clear, mremap, split huge pages: all pages are soft-dirty", "C9");
SEEN_TO_FAIL("5.10 7.3", "C9", "thp_pte-none zero_huge-none");
SEEN_TO_FAIL("7.3-mremap-forgets-soft-dirty", "C9",
	     "anon-* thp-* mthp-* swapped-* shmem-* shmem_private-* zero-*");
BROKEN_BY("page-table-moved-as-is", "thp_pte-none");
BROKEN_BY("zero-split-forgets-moved", "zero_huge-none");
VARIANTS("ANON mthp swapped shmem shmem_private zero zero_huge", "none");

TEST_F(scene, sd_moved)
{
	ledger_open(self, SOFT_DIRTY);
	ledger_clear(self);
	remap(self, 0);
	ledger_moved(self);
	mprotect_ro_pages(self, PAGE(0));
	mprotect_rw(self);
}
