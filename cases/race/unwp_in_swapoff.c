// SPDX-License-Identifier: GPL-2.0-only
/*
 * swapoff() has found the swap entry of a page, and reads the page, without a lock of its page
 * table. It is unprotected meanwhile, and must not have its mark then.
 */
#include "case.h"

CASE("unprotect a page while swapoff() brings it back: it has no mark", "C3 C4");
SEEN_TO_FAIL("7.3-swapoff-goes-by-old-entry", "C4", "*");
VARIANTS("anon", "none");

TEST_F(scene, unwp_in_swapoff)
{
	feature_needed(self, F_SWAP_AT_ONCE);
	while (race_round(self)) {
		wp(self);
		pageout(self, true);
		race(self, &act_swapoff, AT("swap_read_folio", "swap_readpage"), &act_unwp);
		cpu_write(self, PARENT);
	}
}
