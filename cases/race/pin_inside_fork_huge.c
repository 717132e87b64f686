// SPDX-License-Identifier: GPL-2.0-only
/*
 * The same as race/pin_inside_fork of a huge page: fork() has found it not pinned, counts the child
 * in, and has put its page table by; it is about to write-protect the entry, and stands inside the
 * lock of the page table.
 */
#include "case.h"

CASE("pin a huge page of which fork() has just decided that it may be shared", "C1 C2");
SEEN_TO_FAIL("6.12-hides-write-protect-seq 7.3-hides-write-protect-seq 7.3-fork-raises-no-sequence",
	     "C1", "*");
VARIANTS("thp", "io_uring");
HELD_FROM_OUTSIDE;

TEST_F(scene, pin_inside_fork_huge)
{
	pin(self);
	unpin(self);
	while (race_round(self)) {
		race(self, &act_fork, OUTSIDE("pgtable_trans_huge_deposit", 1), &act_pin);
		cpu_write(self, PARENT);
		device_write(self);
		cpu_write(self, CHILD);
		unpin(self);
		child_exit(self);
		thp_collapse(self);
	}
}
