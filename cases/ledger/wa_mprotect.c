// SPDX-License-Identifier: GPL-2.0-only
/*
 * mprotect() to read-only and back must not change any uffd-wp bit, and must not make an
 * entry writable that has one.
 */
#include "case.h"

CASE("WP_ASYNC: clear, write one page, mprotect R and RW, write all", "C9");
SEEN_TO_FAIL("7.3-async-mprotect-marks", "C9",
	     "anon-* thp-* thp_pte-* shmem_private-* shmem-* zero-* swapped-* mthp-* "
	     "file_shared-*");
SEEN_TO_FAIL("7.3-async-hugetlb-keeps-mark", "C9", "hugetlb-none");
VARIANTS("ALL swapped mthp file_shared", "none");
VARIANTS("ANON shmem_private", "io_uring");

TEST_F(scene, wa_mprotect)
{
	ledger_open(self, WP_ASYNC);
	pin(self);
	ledger_clear(self);
	cpu_write_pages(self, PARENT, PAGE(0));
	mprotect_ro(self);
	mprotect_rw(self);
	cpu_write(self, PARENT);
	ledger_clear(self);
	mprotect_ro(self);
	mprotect_rw(self);
	cpu_write(self, PARENT);
}
