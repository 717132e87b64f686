// SPDX-License-Identifier: GPL-2.0-only
/*
 * A write to what a child shares needs a copy. Without memory for it the fault is made again: neither
 * process sees what the other writes.
 */
#include "case.h"

CASE("each allocation of a copy on write fails in turn: the fault is made again", "C0 C1 C2");
NOT_SEEN_TO_FAIL("no kernel was made yet that writes without a copy if it has none", "*");
VARIANTS("anon thp shmem_private", "none");

TEST_F(scene, cow)
{
	while (failure_round(self)) {
		fork_child(self);
		failing(self, &act_store);
		cpu_write(self, CHILD);
		child_exit(self);
	}
}
