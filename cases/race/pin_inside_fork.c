// SPDX-License-Identifier: GPL-2.0-only
/*
 * fork() has found a page not pinned, counts the child in, and is about to write-protect the entry:
 * it stands inside the lock of the page table. A pin that takes no lock must not get between
 * (57efa1fe5957): it waits for fork() to be done, or the child gets a copy.
 */
#include "case.h"

CASE("pin a page of which fork() has just decided that it may be shared", "C1 C2");
SEEN_TO_FAIL("6.12-hides-write-protect-seq 7.3-hides-write-protect-seq 7.3-fork-raises-no-sequence",
	     "C1", "*");
VARIANTS("anon", "io_uring");
HELD_FROM_OUTSIDE;

TEST_F(scene, pin_inside_fork)
{
	pin(self);
	unpin(self);
	while (race_round(self)) {
		race(self, &act_fork, INSIDE_LOCK(WRITES(0, MAPCOUNT)), &act_pin);
		cpu_write(self, PARENT);
		device_write(self);
		cpu_write(self, CHILD);
		unpin(self);
		child_exit(self);
	}
}
