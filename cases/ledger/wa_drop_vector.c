// SPDX-License-Identifier: GPL-2.0-only
/*
 * With WP_ASYNC pages of the process's own are dropped by one process_madvise(). They hold something
 * else then, and must be reported as written.
 */
#include "case.h"

CASE("WP_ASYNC: clear, drop all pages by a vector", "C9");
SEEN_TO_FAIL("6.16 6.17 6.18 6.19 7.0", "C9", "anon-* thp-*");
SEEN_TO_FAIL("7.3", "C9", "hugetlb-* shmem_private-* file_private-*");
BROKEN_BY("private-drop-keeps-wp", "hugetlb-* shmem_private-* file_private-*");
BROKEN_BY("scan-none-not-written", "anon-* thp-*");
VARIANTS("anon thp shmem hugetlb shmem_private file_private", "none");

TEST_F(scene, wa_drop_vector)
{
	cpu_write(self, PARENT);
	ledger_open(self, WP_ASYNC);
	ledger_clear(self);
	dontneed_vector(self);
}
