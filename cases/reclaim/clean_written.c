// SPDX-License-Identifier: GPL-2.0-only
/*
 * A page of a file that a read has brought in is clean. The write that follows is
 * recorded in the page table only, and whoever unmaps the page must pass that on to the
 * page. Otherwise reclaim drops it.
 */
#include "case.h"

CASE("read in, write, unmap, reclaim: what was written is still there", "C0");

SEEN_TO_FAIL("5.10 6.16", "C0", "shmem_thp_clean-none");
NOT_SEEN_TO_FAIL("controls: who unmaps a PTE hands its dirty bit on",
		 "shmem_clean-none shmem_fallocated-none shmem-none");
BROKEN_BY("zap-file-pmd-forgets-dirty", "shmem_thp_clean-none");
VARIANTS("shmem_thp_clean shmem_clean shmem_fallocated shmem", "none");

TEST_F(scene, clean_written)
{
	cpu_write(self, PARENT);
	dontneed(self, PARENT, ALL_PAGES);
	pageout(self, true);
	cpu_read(self, PARENT);
	cpu_write(self, PARENT);
}
