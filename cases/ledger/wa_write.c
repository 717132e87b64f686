// SPDX-License-Identifier: GPL-2.0-only
/*
 * The basic case of WP_ASYNC, where a write clears the uffd-wp bit (d61ea1cb0095, v6.7):
 * clear, write one page, clear, write all. After a clear no page may be reported. There
 * is no exception for pinned or for huge pages.
 */
#include "case.h"

CASE("WP_ASYNC: clear, write one page, clear, write all", "C9");
SEEN_TO_FAIL("7.3-async-write-keeps-mark", "C9",
	     "anon-* thp-* thp_pte-* shmem_private-* shmem-* zero-* swapped-* unpopulated-* "
	     "mthp-* thp_one-* file_private-* file_shared-* zero_huge-*");
SEEN_TO_FAIL("7.3-async-hugetlb-keeps-mark", "C9", "hugetlb-* hugetlb_shared-none");
SEEN_TO_FAIL("6.12 6.16 6.17 6.18 7.2 7.3", "C9", "dax_huge-none devdax-none");
NOT_SEEN_TO_FAIL("small pages of the same file: the control", "dax_shared-none");
BROKEN_BY("dax-huge-write-unreported", "dax_huge-none devdax-none");
VARIANTS("ALL swapped unpopulated mthp thp_one hugetlb_shared file_private file_shared zero_huge",
	 "none");
VARIANTS("ALL", "io_uring");
VARIANTS("BRIEF", "rdma");
VARIANTS("anon", "rdma_odp");
VARIANTS("dax_shared dax_huge devdax", "none");

TEST_F(scene, wa_write)
{
	ledger_open(self, WP_ASYNC);
	pin(self);
	ledger_clear(self);
	cpu_write_pages(self, PARENT, PAGE(0));
	ledger_clear(self);
	cpu_write(self, PARENT);
	device_write(self);
	ledger_clear(self);
	cpu_read(self, PARENT);
}
