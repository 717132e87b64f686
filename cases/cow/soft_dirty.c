// SPDX-License-Identifier: GPL-2.0-only
/*
 * Clearing the soft-dirty bits also write-protects the pages. That must not separate a
 * pin from its page. clear_refs skips pinned pages (9348b73c2e1b, v5.11, and 5.10.9), but
 * it does not skip pages that are held by FOLL_GET references.
 */
#include "case.h"

CASE("pin, clear soft-dirty, write: pin and page table still agree", "C1");
SEEN_TO_FAIL("5.10", "C1", "anon-odirect thp_pte-odirect");
SEEN_TO_FAIL("5.10-always-copy", "C1", "thp-*");
SEEN_TO_FAIL("7.3-pin-skips-cow", "C1", "shmem_private-* swapped-io_uring");
SEEN_TO_FAIL("7.3-pin-skips-cow", "C7", "zero-io_uring");
NOT_SEEN_TO_FAIL("clear_refs leaves pinned pages writable since 9348b73c2e1b, which 5.10 has",
		 "anon-io_uring anon-rdma");
BROKEN_BY("copies-exclusive", "anon-odirect thp_pte-odirect");
PATCHED("5.10-mapcount", "pass", "*");
PATCHED("5.10-always-copy", "C1", "thp-*");
OBSERVES("soft_dirty_after_clear", "how many pages still count as written right after the clear");
VARIANTS("anon thp shmem_private zero swapped", "io_uring");
VARIANTS("anon thp", "rdma");
VARIANTS("ANON", "odirect");

TEST_F(scene, soft_dirty)
{
	pin(self);
	soft_dirty_clear(self);
	cpu_write(self, PARENT);
	device_write(self);
}
