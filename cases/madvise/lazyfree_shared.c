// SPDX-License-Identifier: GPL-2.0-only
/*
 * A page that was swapped in is clean in both page tables: only the folio itself says that what it
 * holds is nowhere else. MADV_FREE by one of two processes that map it must leave that alone, or
 * reclaim drops what the other has written. (C0)
 */
#include "case.h"

CASE("swap in what a child shares, MADV_FREE by the child, reclaim: the parent loses nothing",
     "C0");
SEEN_TO_FAIL("7.3-lazyfree-takes-shared", "C0", "*");
VARIANTS("anon thp_pte mthp", "none");

TEST_F(scene, lazyfree_shared)
{
	pageout(self, true);
	fork_child(self);
	cpu_read(self, PARENT);
	cpu_read(self, CHILD);
	lazyfree_by_child(self);
	child_exit(self);
	pageout(self, true);
	cpu_read(self, PARENT);
	cpu_write(self, PARENT);
}
