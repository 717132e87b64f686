// SPDX-License-Identifier: GPL-2.0-only
/*
 * "The kernel always marks new memory regions (and expanded regions) as soft
 * dirty" (soft-dirty.rst): mmap() and brk() do, mremap() does not. Where a page was
 * cut off there are zeros now, and nobody is told.			(C9)
 * See results/findings/soft-dirty-mremap.md.
 */
#include "case.h"

CASE("soft-dirty: clear, mremap a page away and back: it is new", "C9");
SEEN_TO_FAIL("5.10 7.3", "C9", "*");
BROKEN_BY("mremap-grown-not-soft-dirty", "*");

VARIANTS("anon shmem shmem_private", "none");

TEST_F(scene, sd_expanded)
{
	ledger_open(self, SOFT_DIRTY);
	ledger_clear(self);
	ledger_expand(self);
}
