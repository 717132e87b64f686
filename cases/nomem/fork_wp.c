// SPDX-License-Identifier: GPL-2.0-only
/*
 * A fork() that fails half-way has copied some entries with their marks, and drops the copy. The
 * parent's marks, and its registration, stay.
 */
#include "case.h"

CASE("each allocation of fork() fails in turn: what is write-protected stays so", "C1 C3 C4 C7");
SEEN_TO_FAIL("7.3-faults-failed-fork-shares", "C1", "anon-io_uring");
NOT_SEEN_TO_FAIL("no kernel was made yet that drops marks when it fails", "*-none");
VARIANTS("BRIEF shmem swapped", "none");
VARIANTS("anon", "io_uring");

TEST_F(scene, fork_wp)
{
	pin(self);
	wp(self);
	while (failure_round(self)) {
		if (failing(self, &act_fork))
			child_exit(self);
		marks_stay(self);
	}
	write_under_wp(self, 1, UNPROTECT);
}
