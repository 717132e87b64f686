// SPDX-License-Identifier: GPL-2.0-only
/*
 * Collapse copies small pages of shared memory into a huge one and drops them. The new one is not
 * in swap: it must be dirty from the beginning, or reclaim throws away all that was written.
 */
#include "case.h"

CASE("write, collapse, reclaim: what was written is still there", "C0 C1");
SEEN_TO_FAIL("7.3-collapse-forgets-dirty", "C0", "shmem_2m-none");
NOT_SEEN_TO_FAIL("of private memory the entry says that it is dirty", "small_2m-none thp_pte-none");
VARIANTS("shmem_2m small_2m thp_pte", "none");

TEST_F(scene, collapse_pageout)
{
	cpu_write(self, PARENT);
	thp_collapse(self);
	pageout(self, true);
	cpu_read(self, PARENT);
	cpu_write(self, PARENT);
}
