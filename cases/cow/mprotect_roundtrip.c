// SPDX-License-Identifier: GPL-2.0-only
/*
 * mprotect() to read-only and back must not part a pin from its page: the page
 * is exclusive and is reused on the next write.			(C1)
 * A PMD-mapped THP was reused by mapcount and held.
 */
#include "case.h"

CASE("pin, mprotect R and back, write: pin and page table still agree", "C1");
SEEN_TO_FAIL("5.10", "C1",
	     "anon-* thp_pte-* shmem_private-* zero-* swapped-io_uring thp_one-io_uring "
	     "thp_remapped-io_uring thp_shared-io_uring zero_huge-io_uring");
SEEN_TO_FAIL("5.10-always-copy", "C1", "thp-*");
BROKEN_BY("copies-exclusive",
	  "anon-[!n]* thp_pte-[!n]* zero-[!n]* shmem_private-* swapped-io_uring "
	  "thp_one-io_uring thp_remapped-io_uring thp_shared-io_uring zero_huge-io_uring");
PATCHED("5.10-mapcount", "pass", "*");
PATCHED("5.10-always-copy", "C1", "thp-*");

VARIANTS("ANON shmem_private zero swapped thp_one thp_remapped thp_shared zero_huge", "io_uring");
VARIANTS("anon thp", "rdma");
VARIANTS("ANON", "odirect");

TEST_F(scene, mprotect_roundtrip)
{
	pin(self);
	mprotect_ro(self);
	mprotect_rw(self);
	cpu_write(self, PARENT);
	device_write(self);
}
