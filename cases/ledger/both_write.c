// SPDX-License-Identifier: GPL-2.0-only
/*
 * Soft-dirty tracking and WP_ASYNC on the same memory. Each has its own way to take write
 * access away, and one fault must serve both.
 */
#include "case.h"

CASE("soft-dirty and WP_ASYNC at once: clear, write one page, clear, write all", "C9");
SEEN_TO_FAIL("7.3-write-forgets-soft-dirty", "C9", "*");
BROKEN_BY("hugetlb-no-soft-dirty", "hugetlb*");
VARIANTS("ALL swapped mthp", "none");
VARIANTS("anon thp shmem_private", "io_uring");

TEST_F(scene, both_write)
{
	ledger_open(self, SOFT_DIRTY | WP_ASYNC);
	pin(self);
	ledger_clear(self);
	cpu_write_pages(self, PARENT, PAGE(0));
	ledger_clear(self);
	cpu_write(self, PARENT);
}
