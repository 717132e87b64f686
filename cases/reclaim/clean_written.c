// SPDX-License-Identifier: GPL-2.0-only
/*
 * A file's page that a read has brought in is clean. The write that follows leaves a
 * trace in the page table alone, and who unmaps it must hand that on to the page; else
 * reclaim drops it.						(C0)
 */
#include "case.h"

CASE("read in, write, unmap, reclaim: what was written is there", "C0");

SEEN_TO_FAIL("5.10 6.16", "C0", "shmem_thp_clean-none");
NOT_SEEN_TO_FAIL("controls: who unmaps a PTE hands its dirty bit on", "shmem_clean-none "
								      "shmem_fallocated-none "
								      "shmem-none");
KNOWN_BROKEN("4.8", "6.1.191", "C0", "fe6cf984939d",
	     "zap_huge_pmd() does not hand the dirty bit of a file's PMD on",
	     "shmem_thp_clean-none");
KNOWN_BROKEN("6.2", "6.12.114", "C0", "fe6cf984939d",
	     "zap_huge_pmd() does not hand the dirty bit of a file's PMD on",
	     "shmem_thp_clean-none");
KNOWN_BROKEN("6.13", "7.2", "C0", "fe6cf984939d",
	     "zap_huge_pmd() does not hand the dirty bit of a file's PMD on",
	     "shmem_thp_clean-none");

VARIANT_NOPIN(shmem_thp_clean);
VARIANT_NOPIN(shmem_clean);
VARIANT_NOPIN(shmem_fallocated);
VARIANT_NOPIN(shmem);

TEST_F(scene, clean_written)
{
	cpu_write(self, PARENT);
	dontneed(self, PARENT, ALL_PAGES);
	pageout(self, true);
	cpu_read(self, PARENT);
	cpu_write(self, PARENT);
}
