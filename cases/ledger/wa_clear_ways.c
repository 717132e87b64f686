// SPDX-License-Identifier: GPL-2.0-only
/*
 * Most cases clear by one PAGEMAP_SCAN that reports what it clears. There are three other
 * ways: such a scan with room for one region and one page at a time, a scan without an
 * output vector, and UFFDIO_WRITEPROTECT. After each of them tracking must work alike.
 */
#include "case.h"

CASE("WP_ASYNC: write, and clear in each of the other ways", "C0 C8 C9");
SEEN_TO_FAIL("7.3-scan-clears-unreported", "C9",
	     "*-io_uring anon-none thp-none thp_pte-none shmem_private-none shmem-none "
	     "zero-none mthp-none swapped-none file_private-none");
SEEN_TO_FAIL("7.3-async-hugetlb-keeps-mark", "C9", "hugetlb-none hugetlb_shared-none");
SEEN_TO_FAIL("6.12 7.2 7.3", "C8", "dax_huge-none");
SEEN_TO_FAIL("6.12 7.2 7.3", "C0", "devdax-none");
SEEN_TO_FAIL("6.16 6.17 6.18", "C9", "dax_huge-none devdax-none");
NOT_SEEN_TO_FAIL("what has a page cache, or small pages, stays: the control", "dax_shared-none");
BROKEN_BY("dax-huge-write-unreported", "dax_huge-none devdax-none");
BROKEN_BY("dax-marker-never-ends", "dax_huge-none");
BROKEN_BY("devdax-marker-sigbus", "devdax-none");
VARIANTS("ALL mthp swapped hugetlb_shared file_private", "none");
VARIANTS("dax_shared dax_huge devdax", "none");
VARIANTS("anon thp", "io_uring");

TEST_F(scene, wa_clear_ways)
{
	ledger_open(self, WP_ASYNC);
	pin(self);
	ledger_clear_by(self, SCAN_ONE_BY_ONE);
	cpu_write_pages(self, PARENT, PAGE(0));
	ledger_clear_by(self, SCAN_ONE_BY_ONE);
	cpu_write(self, PARENT);
	ledger_clear_by(self, SCAN_ONE_BY_ONE);
	ledger_clear_by(self, SCAN_BLIND);
	cpu_write_pages(self, PARENT, PAGE(0));
	ledger_clear_by(self, SCAN_BLIND);
	cpu_write(self, PARENT);
	ledger_clear_by(self, SCAN_BLIND);
	cpu_write(self, PARENT);
	ledger_clear_by(self, UFFD);
	cpu_write_pages(self, PARENT, PAGE(0));
	ledger_clear_by(self, UFFD);
	cpu_write(self, PARENT);
}
