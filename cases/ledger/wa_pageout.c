// SPDX-License-Identifier: GPL-2.0-only
/*
 * As ledger/sd_pageout, but with WP_ASYNC. A page that was written must have no uffd-wp
 * bit: not in the page table, not in a swap entry, and not after a read. A page of a file
 * leaves no entry behind, which must not be taken for a uffd-wp bit. Before 07b4377bdbe7
 * PAGEMAP_SCAN did so in all of its code paths but one.
 */
#include "case.h"

CASE("WP_ASYNC: clear, write, page out, read, write one, page out again", "C9");
SEEN_TO_FAIL("7.3-async-swapin-marks", "C9",
	     "anon-* thp-* thp_pte-* mthp-* shmem_private-* file_private-* zero-*");
SEEN_TO_FAIL("7.3-async-write-keeps-mark", "C9", "*");
BROKEN_BY("scan-none-not-written", "shmem-none file_shared-none");
VARIANTS("ANON mthp shmem shmem_private file_private file_shared zero", "none");

TEST_F(scene, wa_pageout)
{
	ledger_open(self, WP_ASYNC);
	ledger_clear(self);
	cpu_write(self, PARENT);
	pageout(self, true);
	cpu_read(self, PARENT);
	ledger_clear(self);
	cpu_write_pages(self, PARENT, PAGE(0));
	pageout(self, true);
	cpu_read(self, PARENT);
}
