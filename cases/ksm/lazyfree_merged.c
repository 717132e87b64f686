// SPDX-License-Identifier: GPL-2.0-only
/*
 * MADV_FREE of a page that KSM has merged, by the only process that still maps it. The
 * page looks as if it belonged to this process alone, so MADV_FREE made it clean, and
 * reclaim may then drop it. But KSM can merge it at any time with an equal page of
 * another process, and then this clean page is all that is left of what that process
 * wrote. The merged page must stay dirty.
 */
#include "case.h"

CASE("merge with a page that a stranger gave to MADV_FREE, reclaim: no data is lost", "C0");

SEEN_TO_FAIL("5.10 6.1 6.16 7.3", "C0", "anon-none");
BROKEN_BY("ksm-lazyfree", "anon-none");
VARIANTS("anon", "none");

TEST_F(scene, lazyfree_merged)
{
	ksm_with_freed(self);
	pageout(self, true);
	cpu_read(self, PARENT);
	cpu_write(self, PARENT);
}
