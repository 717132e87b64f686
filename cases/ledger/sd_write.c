// SPDX-License-Identifier: GPL-2.0-only
/*
 * The basic case of soft-dirty tracking: clear, write one page, clear, write all. After a
 * clear no page may be reported, except that the soft-dirty bit of a small page stays if
 * the page is pinned (9348b73c2e1b, v5.11, and 5.10.9).
 *
 * hugetlb has no such tracking: clear_refs clears the soft-dirty flag of the mapping, and
 * no write sets a bit that pagemap would report.
 */
#include "case.h"

CASE("soft-dirty: clear, write one page, clear, write all", "C9");
SEEN_TO_FAIL("7.3-kernel-forgets-soft-dirty", "C9",
	     "hugetlb-* hugetlb_shared-none shmem_private-io_uring zero-io_uring");
SEEN_TO_FAIL("7.3-write-forgets-soft-dirty", "C9", "[!d]*-none *-rdma* thp-* hugetlb-* shmem-*");
SEEN_TO_FAIL("7.3-split-forgets-soft-dirty", "C9", "thp_pte-io_uring hugetlb-* hugetlb_shared-*");
SEEN_TO_FAIL("6.16 6.17 6.18 7.2 7.3", "C9", "dax_shared-none");
NOT_SEEN_TO_FAIL("its copies are memory without a file, and a PMD is made dirty: controls",
		 "dax_private-none dax_huge-none devdax-none");
BROKEN_BY("hugetlb-no-soft-dirty", "hugetlb*");
BROKEN_BY("dax-forgets-soft-dirty", "dax_shared-none");
VARIANTS("ALL swapped unpopulated mthp thp_one hugetlb_shared file_private file_shared zero_huge",
	 "none");
VARIANTS("thp thp_pte hugetlb shmem_private shmem zero", "io_uring");
VARIANTS("dax_shared dax_huge devdax dax_private", "none");
VARIANTS("thp hugetlb", "rdma");
VARIANTS("anon", "rdma_odp");

TEST_F(scene, sd_write)
{
	ledger_open(self, SOFT_DIRTY);
	pin(self);
	ledger_clear(self);
	cpu_write_pages(self, PARENT, PAGE(0));
	ledger_clear(self);
	cpu_write(self, PARENT);
	device_write(self);
	ledger_clear(self);
	cpu_read(self, PARENT);
}
