// SPDX-License-Identifier: GPL-2.0-only
/*
 * mprotect() to read-only and back makes pages writable without a fault where it can
 * (64fe24a3e05e, v6.1). It must not do so where a write still has to be reported
 * (76aefad628aa).
 */
#include "case.h"

CASE("soft-dirty: clear, write one page, mprotect R and RW, write all", "C9");
SEEN_TO_FAIL("7.3-mprotect-skips-soft-dirty", "C9",
	     "anon-none thp-* hugetlb-* shmem_private-none zero-* swapped-* file_shared-*");
SEEN_TO_FAIL("7.3-write-forgets-soft-dirty", "C9", "*-none thp-io_uring");
SEEN_TO_FAIL("5.10", "C1", "anon-io_uring thp_pte-io_uring shmem_private-io_uring");
BROKEN_BY("hugetlb-no-soft-dirty", "hugetlb*");
BROKEN_BY("mprotect-opens-file", "file_shared-none");
BROKEN_BY("copies-exclusive", "anon-io_uring thp_pte-io_uring shmem_private-io_uring");
VARIANTS("ALL swapped mthp file_shared hugetlb_shared", "none");
VARIANTS("ANON shmem_private", "io_uring");

TEST_F(scene, sd_mprotect)
{
	ledger_open(self, SOFT_DIRTY);
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
