// SPDX-License-Identifier: GPL-2.0-only
/*
 * fork() has copied the entry of a page, and goes on. The soft-dirty bits are cleared then:
 * what is written from then on must be reported.
 */
#include "case.h"

CASE("soft-dirty: clear while memory is forked, then write", "C2 C9");
SEEN_TO_FAIL("7.3-write-forgets-soft-dirty", "C9", "*");
VARIANTS("anon thp", "none");

TEST_F(scene, clear_in_fork)
{
	ledger_open(self, SOFT_DIRTY);
	ledger_clear(self);
	while (race_round(self)) {
		race(self, &act_fork, COPIED(0), &act_clear_refs);
		cpu_write(self, PARENT);
		child_exit(self);
	}
}
