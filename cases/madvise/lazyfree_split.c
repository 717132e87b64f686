// SPDX-License-Identifier: GPL-2.0-only
/*
 * A huge page that was given to MADV_FREE is written again: the dirty bit of its one entry is all
 * that keeps it. When it is split, each of the new entries must have that bit, or reclaim drops
 * what was written. (C0)
 */
#include "case.h"

CASE("MADV_FREE of a huge page, write, split, reclaim: what was written is still there", "C0");
SEEN_TO_FAIL("7.3-split-forgets-dirty", "C0", "thp-none");
NOT_SEEN_TO_FAIL("no entry of these is split: the controls", "thp_pte-none mthp-none anon-none");
VARIANTS("thp thp_pte mthp anon", "none");

TEST_F(scene, lazyfree_split)
{
	lazyfree_and_write(self);
	if (self->memory == &memory_thp)
		thp_split(self, FROM_OUTSIDE);
	pageout(self, true);
	cpu_read(self, PARENT);
	cpu_write(self, PARENT);
}
