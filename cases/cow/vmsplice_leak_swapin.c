// SPDX-License-Identifier: GPL-2.0-only
/*
 * CVE-2020-29374 by way of swap. The child holds the page by vmsplice() and has unmapped
 * it. The parent's page is swapped out, and the child's reference keeps it in the swap
 * cache. Swap-in reused it by mapcount, so the parent's next write showed in the child's
 * pipe.
 */
#include "case.h"

CONTROL("vmsplice in the child, unmap, swap out, parent writes", "C2");
SEEN_TO_FAIL("5.10", "C2", "anon-vmsplice");
BROKEN_BY("swapin-reuses-by-mapcount", "anon-vmsplice");
PATCHED("5.10-always-copy", "pass", "*");
VARIANTS("anon", "vmsplice");

TEST_F(scene, vmsplice_leak_swapin)
{
	fork_child(self);
	pin_by(self, &pin_vmsplice, CHILD, ALL_PAGES);
	child_unmap(self);
	pageout(self, true);
	cpu_write(self, PARENT);
}
