// SPDX-License-Identifier: GPL-2.0-only
/*
 * A fault reads a page from swap, and maps it when that is done, as its swap entry said that
 * it was to be. It is write-protected meanwhile, and must have its mark then.
 */
#include "case.h"

CASE("write-protect a page while a read brings it back from swap: it has its mark", "C3 C4");
SEEN_TO_FAIL("7.3-swapin-goes-by-old-entry", "C4", "*");
VARIANTS("anon", "none");

TEST_F(scene, wp_in_swapin)
{
	uffd_open(self, 0);
	feature_needed(self, F_SWAP_AT_ONCE);
	while (race_round(self)) {
		pageout(self, true);
		race(self, &act_read, AT("swap_read_folio", "swap_readpage"), &act_wp);
		write_under_wp(self, 0, UNPROTECT);
		unwp(self);
		cpu_write(self, PARENT);
	}
}
