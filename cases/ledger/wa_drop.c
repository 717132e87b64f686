// SPDX-License-Identifier: GPL-2.0-only
/*
 * A page is written and then dropped from the page table by MADV_DONTNEED. It must still
 * be reported as written: shared memory keeps what was written, and private memory has
 * other content than before. Of hugetlb nothing is left that PAGEMAP_SCAN would report.
 */
#include "case.h"

CASE("WP_ASYNC: clear, write, drop the pages from the page table", "C9");
SEEN_TO_FAIL("6.16", "C9", "*");
BROKEN_BY("scan-none-not-written", "anon-* thp-* thp_pte-* shmem_private-* shmem-* file_shared-*");
BROKEN_BY("scan-huge-none-not-written", "hugetlb_shared-none");
VARIANTS("ANON shmem_private shmem file_shared hugetlb_shared", "none");

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
