// SPDX-License-Identifier: GPL-2.0-only
/*
 * "The kernel always marks new memory regions (and expanded regions) as soft dirty"
 * (soft-dirty.rst). mmap() and brk() do this, but mremap() does not. Where it cut off a
 * page and added one again, private memory now has other content, and that is not
 * reported.
 */
#include "case.h"

CASE("soft-dirty: clear, mremap to a page less and back: the page is soft-dirty", "C9");
SEEN_TO_FAIL("5.10 7.3", "C9", "*");
BROKEN_BY("mremap-grown-not-soft-dirty", "*");
VARIANTS("anon shmem shmem_private", "none");

TEST_F(scene, sd_expanded)
{
	ledger_open(self, SOFT_DIRTY);
	ledger_clear(self);
	ledger_expand(self);
}
