// SPDX-License-Identifier: GPL-2.0-only
/*
 * A hole in a shared file leaves marks behind as markers, so that pages whose
 * content is zeros now are said to be not written, by all ways to ask. The
 * documentation says that a hole drops them.				(C9)
 * See results/findings/punch-keeps-mark.md.
 */
#include "case.h"

CASE("WP_ASYNC: clear, make a hole in the file", "C9");
SEEN_TO_FAIL("6.12 7.3", "C9", "*");
BROKEN_BY("punch-keeps-wp", "*");

VARIANTS("shmem file_shared hugetlb_shared", "none");

TEST_F(scene, wa_punch)
{
	ledger_open(self, WP_ASYNC);
	ledger_clear(self);
	punch(self, ALL_PAGES);
}
