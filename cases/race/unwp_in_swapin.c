// SPDX-License-Identifier: GPL-2.0-only
/*
 * A fault reads a page from swap, and maps it when that is done, as its swap entry said that
 * it was to be. It is unprotected meanwhile, and must not have its mark then.
 */
#include "case.h"

CASE("unprotect a page while a read brings it back from swap: it has no mark", "C3 C4");
SEEN_TO_FAIL("7.3-swapin-goes-by-old-entry", "C4", "*");
VARIANTS("anon", "none");

TEST_F(scene, unwp_in_swapin)
{
	feature_needed(self, F_SWAP_AT_ONCE);
	while (race_round(self)) {
		wp(self);
		pageout(self, true);
		race(self, &act_read, AT("swap_read_folio", "swap_readpage"), &act_unwp);
		cpu_write(self, PARENT);
	}
}
