// SPDX-License-Identifier: GPL-2.0-only
/*
 * fork() has copied the entry of a write-protected page, and goes on. The memory is
 * unprotected then. Neither may have a mark in the end, and each writes to pages of its own.
 */
#include "case.h"

CASE("unprotect memory while it is forked: nobody has a mark", "C2 C4");
SEEN_TO_FAIL("7.3-fork-keeps-marks", "C4", "*");
VARIANTS("anon thp", "none");

TEST_F(scene, unwp_in_fork)
{
	while (race_round(self)) {
		wp(self);
		race(self, &act_fork, COPIED(0), &act_unwp);
		cpu_write(self, PARENT);
		cpu_write(self, CHILD);
		child_exit(self);
	}
}
