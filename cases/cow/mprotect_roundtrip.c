// SPDX-License-Identifier: GPL-2.0-only
/*
 * mprotect() to read-only and back must not separate a pin from its page. The page is
 * exclusive, so the next write must reuse it. do_wp_page() copied it, because the pin
 * raises page_count(). A THP that is mapped by a PMD was reused by mapcount and was not
 * affected.
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
VARIANTS("ANON", "odirect odirect_bytes");
VARIANTS("anon thp_pte", "xdp vfio");

TEST_F(scene, mprotect_roundtrip)
{
	pin(self);
	mprotect_ro(self);
	mprotect_rw(self);
	cpu_write(self, PARENT);
	device_write(self);
}
