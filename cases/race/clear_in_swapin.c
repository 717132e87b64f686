// SPDX-License-Identifier: GPL-2.0-only
/*
 * A fault reads a page from swap, and maps it when that is done, as its swap entry said that
 * it was to be. Its soft-dirty bit is cleared meanwhile: what is written later must be
 * reported.
 */
#include "case.h"

CASE("soft-dirty: clear while a read brings pages back from swap, then write", "C9");
NOT_SEEN_TO_FAIL("clear_refs waits until the fault is done", "*");
VARIANTS("anon", "none");

TEST_F(scene, clear_in_swapin)
{
	ledger_open(self, SOFT_DIRTY);
	ledger_clear(self);
	feature_needed(self, F_SWAP_AT_ONCE);
	while (race_round(self)) {
		pageout(self, true);
		race(self, &act_read, AT("swap_read_folio", "swap_readpage"), &act_clear_refs);
		cpu_write(self, PARENT);
	}
}
