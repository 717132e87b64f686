// SPDX-License-Identifier: GPL-2.0-only
/*
 * clear_refs skips pinned pages that are mapped by PTEs, but not those that are mapped by
 * a PMD. When such a THP was write-protected by the clear and then split by mprotect() of
 * one page, the next writes copied it page by page. The pin must keep its pages.
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
