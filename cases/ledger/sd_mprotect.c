// SPDX-License-Identifier: GPL-2.0-only
/*
 * mprotect() to read-only and back makes pages writable without a fault where it
 * can (64fe24a3e05e, v6.1), but not where a write has still to be told of:
 * 76aefad628aa.							(C9)
 */
#include "case.h"

CASE("soft-dirty: clear, write one page, mprotect R and RW, write all", "C9");
SEEN_TO_FAIL("7.3-mprotect-skips-soft-dirty", "C9",
	     "thp-* anon-none shmem_private-none zero-none swapped-none file_shared-none "
	     "hugetlb-none");
SEEN_TO_FAIL("7.3-write-forgets-soft-dirty", "C9", "*-none thp-io_uring");
SEEN_TO_FAIL("5.10", "C1", "anon-io_uring thp_pte-io_uring shmem_private-io_uring");
KNOWN_BROKEN("3.11", "", "C9", "",
	     "pagemap tells no soft-dirty bit of hugetlb, but clear_refs clears that of the "
	     "mapping",
	     "hugetlb*");
KNOWN_BROKEN("3.18", "6.0", "C9", "76aefad628aa",
	     "mprotect() makes pages of a file writable because the mapping is not soft-dirty",
	     "file_shared-none");
KNOWN_BROKEN("5.9", "5.19", "C1", "6c287605fd56",
	     "do_wp_page() copies an exclusive page whenever page_count() != 1 (09854ba94c6a)",
	     "anon-io_uring thp_pte-io_uring shmem_private-io_uring");

VARIANTS_ALL_NOPIN;
VARIANT_NOPIN(swapped);
VARIANT_NOPIN(mthp);
VARIANT_NOPIN(file_shared);
VARIANTS_ANON(io_uring);
VARIANT(shmem_private, io_uring);

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
