// SPDX-License-Identifier: GPL-2.0-only
/*
 * A pin for reading, of a page that is shared with a child, unshares it, and is about to copy it,
 * without a lock. A pin for writing is taken then, and gets a copy of its own. Who unshares must
 * find that, and throw his copy away.
 */
#include "case.h"

CASE("pin a shared page while it is being unshared: pin and page table agree", "C1 C2 C7");
SEEN_TO_FAIL("7.3-cow-skips-recheck", "C1", "*");
VARIANTS("anon", "io_uring");

TEST_F(scene, pin_in_unshare)
{
	pin(self);
	unpin(self);
	while (race_round(self)) {
		fork_child(self);
		race(self, &act_peek, TO_BE_COPIED(0), &act_pin);
		cpu_write(self, PARENT);
		device_write(self);
		cpu_write(self, CHILD);
		child_exit(self);
		unpin(self);
	}
}
