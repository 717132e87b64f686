// SPDX-License-Identifier: GPL-2.0-only
/*
 * A hole in a file leaves the uffd-wp bits behind as PTE markers. So pages that
 * contain zeros now are reported as not written, by every way to ask. They must be
 * reported as written: the documentation says that a hole drops the uffd-wp bits.
 */
#include "case.h"

CASE("WP_ASYNC: clear, punch a hole into the file", "C9");
SEEN_TO_FAIL("6.12 7.3", "C9", "*");
BROKEN_BY("punch-keeps-wp", "*");
VARIANTS("shmem file_shared hugetlb_shared", "none");
VARIANTS("shmem_private file_private", "none");

TEST_F(scene, wa_punch)
{
	ledger_open(self, WP_ASYNC);
	ledger_clear(self);
	punch(self, ALL_PAGES);
}
