// SPDX-License-Identifier: GPL-2.0-only
/*
 * A page of a file that was written and is mapped by nobody is dirty by itself, no entry says so.
 * Migration must hand that on to the new page, or reclaim drops what was written.
 */
#include "case.h"

CASE("write, unmap, read, migrate, reclaim: what was written is still there", "C0");
SEEN_TO_FAIL("5.10", "C0", "shmem_thp_clean-none");
SEEN_TO_FAIL("7.3-migration-makes-clean", "C0", "shmem-none shmem_clean-none");
NOT_SEEN_TO_FAIL("what is read in from swap is not made clean by it: no kernel was found",
		 "anon-none thp_pte-none");
BROKEN_BY("zap-file-pmd-forgets-dirty", "shmem_thp_clean-none");
VARIANTS("shmem shmem_clean shmem_thp_clean anon thp_pte", "none");

TEST_F(scene, clean_migrated)
{
	cpu_write(self, PARENT);
	if (self->memfd >= 0)
		dontneed(self, PARENT, ALL_PAGES);
	else
		pageout(self, true);
	cpu_read(self, PARENT);
	migrate(self);
	pageout(self, true);
	cpu_read(self, PARENT);
	cpu_write(self, PARENT);
}
