// SPDX-License-Identifier: GPL-2.0-only
/*
 * MADV_FREE of a page that KSM has merged, by the only one who maps it any more: it
 * looks like a page of that one's own, and is made clean, so that reclaim may drop it.
 * But who has an equal page can be merged with it at any time, and then its clean
 * entry is all that is left of what it wrote. The merged page must stay dirty.
 *								(C0)
 */
#include "case.h"

CASE("a stranger's MADV_FREE of a merged page, merge with it, reclaim: the data is there", "C0");

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
