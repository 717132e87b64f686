// SPDX-License-Identifier: GPL-2.0-only
/*
 * The clearing leaves pinned PTEs out but not a PMD: a THP that was protected by
 * it and is then split (mprotect of one page) was copied page by page.	(C1)
 */
#include "case.h"

CASE("pin a huge page, clear soft-dirty, split it, write", "C1");
SEEN_TO_FAIL("5.10", "C1", "*");
BROKEN_BY("copies-exclusive", "thp-*");
PATCHED("5.10-mapcount", "pass", "*");
OBSERVES("soft_dirty_after_clear", "how many pages still count as written right after the clear");

VARIANTS("thp", "io_uring rdma");

TEST_F(scene, soft_dirty_split)
{
	pin(self);
	soft_dirty_clear(self);
	mprotect_ro_pages(self, PAGE(1));
	mprotect_rw(self);
	cpu_write(self, PARENT);
	device_write(self);
}
