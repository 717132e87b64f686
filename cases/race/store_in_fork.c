// SPDX-License-Identifier: GPL-2.0-only
/*
 * fork() has copied the entry of a page and goes on with the next ones. Another thread writes to
 * all of them. What it writes to a page that is shared by now must wait for a copy of its own.
 */
#include "case.h"

CASE("a thread writes to memory while another forks: the child has one state of it", "C2");
SEEN_TO_FAIL("7.3-fork-locks-no-vma", "C2", "*");
VARIANTS("anon", "none");

TEST_F(scene, store_in_fork)
{
	while (race_round(self)) {
		race(self, &act_fork, WRITES(0, MAPCOUNT), &act_store_afresh);
		cpu_write(self, CHILD);
		child_exit(self);
	}
}
