// SPDX-License-Identifier: GPL-2.0-only
/*
 * The same with marks: what was written has none, in the page table, in a swap
 * entry and after a read. Of a page of a file nothing is left, and that must not
 * be taken for a mark: PAGEMAP_SCAN did so on all ways but one until 07b4377bdbe7
 * (6.12.103).							(C9)
 */
#include "case.h"

CASE("WP_ASYNC: clear, write, page out, read, write one, page out again", "C9");
SEEN_TO_FAIL("7.3-async-swapin-marks", "C9",
	     "anon-none thp-none thp_pte-none mthp-none shmem_private-none "
	     "file_private-none zero-none");
SEEN_TO_FAIL("7.3-async-write-keeps-mark", "C9", "*");
KNOWN_BROKEN("6.7", "6.12.103", "C9", "07b4377bdbe7",
	     "PAGEMAP_SCAN says of nothing that it was not written", "shmem-none file_shared-none");
KNOWN_BROKEN("6.13", "7.1", "C9", "07b4377bdbe7",
	     "PAGEMAP_SCAN says of nothing that it was not written", "shmem-none file_shared-none");

VARIANT_NOPIN(anon);
VARIANT_NOPIN(thp);
VARIANT_NOPIN(thp_pte);
VARIANT_NOPIN(mthp);
VARIANT_NOPIN(shmem);
VARIANT_NOPIN(shmem_private);
VARIANT_NOPIN(file_private);
VARIANT_NOPIN(file_shared);
VARIANT_NOPIN(zero);

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
