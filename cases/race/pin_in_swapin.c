// SPDX-License-Identifier: GPL-2.0-only
/*
 * A fault reads a page from swap, and maps it when that is done, as its swap entry said that
 * it was to be. A pin is taken meanwhile, of the page that the process has then.
 */
#include "case.h"

CASE("pin a page while a read brings it back from swap: pin and page table agree", "C1 C7");
SEEN_TO_FAIL("7.3-swapin-waits-for-nobody", "C1", "*");
VARIANTS("anon", "io_uring");

TEST_F(scene, pin_in_swapin)
{
	pin(self);
	unpin(self);
	feature_needed(self, F_SWAP_AT_ONCE);
	while (race_round(self)) {
		pageout(self, true);
		race(self, &act_read, AT("swap_read_folio", "swap_readpage"), &act_pin);
		cpu_write(self, PARENT);
		device_write(self);
		unpin(self);
	}
}
