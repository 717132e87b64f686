// SPDX-License-Identifier: GPL-2.0-only
/* As ledger/sd_moved, of a page that mremap() moves away and back. */
#include "case.h"

CASE("soft-dirty: clear, mremap a page away and back: it is soft-dirty at both places", "C9");
SEEN_TO_FAIL("7.3-mremap-forgets-soft-dirty", "C9", "*");
VARIANTS("ANON mthp swapped shmem shmem_private zero", "none");

TEST_F(scene, sd_page)
{
	ledger_open(self, SOFT_DIRTY);
	ledger_clear(self);
	mprotect_ro_pages(self, PAGE(1));
	remap_page(self, 1);
	mprotect_rw(self);
}
