// SPDX-License-Identifier: GPL-2.0-only
/*
 * UFFDIO_MOVE has the locks of both page tables and is about to clear the entry. A pin that takes no
 * lock is taken then: it is found when the entry is cleared, and the page stays.
 */
#include "case.h"

CASE("pin a page whose entry UFFDIO_MOVE has locked: it is not moved, or the pin is of a new one",
     "C1 C7");
SEEN_TO_FAIL("6.12-hides-page-pins 7.3-hides-page-pins", "C7", "*");
VARIANTS("anon", "io_uring");
HELD_FROM_OUTSIDE;

TEST_F(scene, pin_inside_move)
{
	pin(self);
	unpin(self);
	while (race_round(self)) {
		/* It looks at both entries first, with the lock of each. */
		race(self, &act_move,
		     INSIDE_LOCK(NTH(3, WITHIN(RETURN("_raw_spin_lock"), "move_pages_ptes",
					       "move_pages_pte", "move_pages"))),
		     &act_pin);
		cpu_write(self, PARENT);
		device_write(self);
		unpin(self);
	}
}
