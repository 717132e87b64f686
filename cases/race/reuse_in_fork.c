// SPDX-License-Identifier: GPL-2.0-only
/*
 * As race/store_in_fork, but the pages were shared with a child that is gone: a write faults,
 * and may have the page for its own if nobody else has it. fork() has just given one to another
 * child, and goes on with the next ones.
 */
#include "case.h"

CASE("a thread writes to what may be reused while another forks: the child has one state", "C2");
SEEN_TO_FAIL("7.3-fork-locks-no-vma", "C2", "*");
VARIANTS("anon thp", "none");

TEST_F(scene, reuse_in_fork)
{
	while (race_round(self)) {
		fork_child(self);
		child_exit(self);
		race(self, &act_fork, COPIED(0), &act_store_afresh);
		cpu_write(self, CHILD);
		child_exit(self);
	}
}
