// SPDX-License-Identifier: GPL-2.0-only
/*
 * UFFDIO_MOVE has locked a page that nothing pins, and is about to move it. A pin is taken then.
 * Either the page stays, and the move says EBUSY, or the pin is of what is there afterwards.
 */
#include "case.h"

CASE("pin a page that is about to be moved: pin and page table still agree", "C1 C7");
NOT_SEEN_TO_FAIL("kernels that are wrong on purpose cannot be preempted under RCU, as the move is",
		 "*");
VARIANTS("anon", "io_uring");

TEST_F(scene, pin_in_move)
{
	pin(self);
	unpin(self);
	while (race_round(self)) {
		race(self, &act_move, WRITES(0, FLAGS), &act_pin);
		cpu_write(self, PARENT);
		device_write(self);
		unpin(self);
	}
}
