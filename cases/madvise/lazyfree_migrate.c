// SPDX-License-Identifier: GPL-2.0-only
/*
 * Pages that were given to MADV_FREE are written again: the dirty bits of their entries are all
 * that keeps them. When they migrate, the new entries must have these bits, or reclaim drops what
 * was written. (C0)
 */
#include "case.h"

CASE("MADV_FREE, write, migrate, reclaim: what was written is still there", "C0");
SEEN_TO_FAIL("7.3-migration-forgets-dirty", "C0", "*");
VARIANTS("ANON mthp", "none");

TEST_F(scene, lazyfree_migrate)
{
	lazyfree_and_write(self);
	migrate(self);
	pageout(self, true);
	cpu_read(self, PARENT);
	cpu_write(self, PARENT);
}
