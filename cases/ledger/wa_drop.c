// SPDX-License-Identifier: GPL-2.0-only
/*
 * What was written and is then dropped from the page table by MADV_DONTNEED was
 * written still: shared memory has its content, private memory other content. Of
 * hugetlb nothing is left that PAGEMAP_SCAN would report.		(C9)
 * See results/findings/hugetlb-dropped.md.
 */
#include "case.h"

CASE("WP_ASYNC: clear, write, drop the pages from the page table", "C9");
SEEN_TO_FAIL("6.16", "C9", "*");
KNOWN_BROKEN("6.7", "6.12.103", "C9", "07b4377bdbe7",
	     "PAGEMAP_SCAN says of nothing that it was not written",
	     "anon-none thp-none thp_pte-none shmem_private-none shmem-none file_shared-none");
KNOWN_BROKEN("6.13", "7.1", "C9", "07b4377bdbe7",
	     "PAGEMAP_SCAN says of nothing that it was not written",
	     "anon-none thp-none thp_pte-none shmem_private-none shmem-none file_shared-none");
KNOWN_BROKEN("6.7", "", "C9", "",
	     "PAGEMAP_SCAN says of a huge page that is not there that it was not written",
	     "hugetlb_shared-none");

VARIANT_NOPIN(anon);
VARIANT_NOPIN(thp);
VARIANT_NOPIN(thp_pte);
VARIANT_NOPIN(shmem_private);
VARIANT_NOPIN(shmem);
VARIANT_NOPIN(file_shared);
VARIANT_NOPIN(hugetlb_shared);

TEST_F(scene, wa_drop)
{
	ledger_open(self, WP_ASYNC);
	ledger_clear(self);
	cpu_write(self, PARENT);
	dontneed(self, PARENT, ALL_PAGES);
	cpu_read(self, PARENT);
	ledger_clear(self);
	cpu_write(self, PARENT);
}
