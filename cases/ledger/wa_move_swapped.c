// SPDX-License-Identifier: GPL-2.0-only
/*
 * UFFDIO_MOVE brings a page in, and with it the mark that it had where it was, if it
 * is swapped out: the page that holds something else now is said to be not
 * written. A page that is present comes without.			(C4, C9)
 * See results/findings/move-swapped-mark.md.
 */
#include "case.h"

CASE("WP_ASYNC: clear, move a page in, and one that is swapped out", "C4 C9");
SEEN_TO_FAIL("6.12 7.3", "C9", "*");
KNOWN_BROKEN("6.8", "", "", "UFFDIO_MOVE takes the mark of a swap entry along", "*");

VARIANT_NOPIN(anon);
VARIANT_NOPIN(swapped);
VARIANT_NOPIN(unpopulated);

TEST_F(scene, wa_move_swapped)
{
	ledger_open(self, WP_ASYNC);
	ledger_clear(self);
	ledger_move_in(self, 0, false);
	ledger_move_in(self, 1, true);
}
