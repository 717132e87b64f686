// SPDX-License-Identifier: GPL-2.0-only
/*
 * swapoff() has found the swap entry of a page, and reads the page, without a lock of its page
 * table. It is write-protected meanwhile, and must have its mark then.
 */
#include "case.h"

CASE("write-protect a page while swapoff() brings it back: it has its mark", "C3 C4");
SEEN_TO_FAIL("5.10", "C3", "*");
BROKEN_BY_AS("swapoff-forgets-bits", "C3", "*");
VARIANTS("anon", "none");

TEST_F(scene, wp_in_swapoff)
{
	uffd_open(self, 0);
	feature_needed(self, F_SWAP_AT_ONCE);
	while (race_round(self)) {
		pageout(self, true);
		race(self, &act_swapoff, AT("swap_read_folio", "swap_readpage"), &act_wp);
		write_under_wp(self, 0, UNPROTECT);
		unwp(self);
		cpu_write(self, PARENT);
	}
}
