// SPDX-License-Identifier: GPL-2.0-only
/*
 * A pin for reading of what a child shares needs a copy (a7f226604170). Without memory for it there is
 * no pin, or a short one, and who writes afterwards still gets a copy.
 */
#include "case.h"

CASE("each allocation of a short pin that unshares fails in turn: nothing is shared", "C1 C2 C7");
NOT_SEEN_TO_FAIL("no kernel was made yet that unshares without a copy", "*");
VARIANTS("anon thp", "none");

TEST_F(scene, peek)
{
	while (failure_round(self)) {
		fork_child(self);
		failing(self, &act_peek);
		cpu_write(self, PARENT);
		cpu_write(self, CHILD);
		child_exit(self);
	}
}
