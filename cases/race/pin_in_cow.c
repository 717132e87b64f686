// SPDX-License-Identifier: GPL-2.0-only
/*
 * A write to a page that is shared with a child has faulted, and is about to copy it, without a
 * lock. A pin is taken then, and gets a copy of its own. The write must find that, and throw its
 * copy away.
 */
#include "case.h"

CASE("pin a shared page while a write copies it: pin and page table agree", "C1 C2 C7");
SEEN_TO_FAIL("7.3-cow-skips-recheck", "C1", "*");
VARIANTS("anon shmem_private", "io_uring");

TEST_F(scene, pin_in_cow)
{
	pin(self);
	unpin(self);
	while (race_round(self)) {
		fork_child(self);
		race(self, &act_store, TO_BE_COPIED(0), &act_pin);
		device_write(self);
		cpu_write(self, CHILD);
		child_exit(self);
		unpin(self);
	}
}
