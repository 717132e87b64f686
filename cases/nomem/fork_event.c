// SPDX-License-Identifier: GPL-2.0-only
/*
 * The child's userfaultfd is made before the child is. If there is no child in the end there is no
 * event of it, and the parent's userfaultfd answers as before.
 */
#include "case.h"

CASE("each allocation of fork() with EVENT_FORK fails in turn: the monitor goes on", "C2 C3 C4 C7");
BROKEN_BY("fork-event-of-nobody", "*");
VARIANTS("anon shmem", "none");

TEST_F(scene, fork_event)
{
	uffd_open(self, WP_EVENT_FORK);
	wp(self);
	while (failure_round(self)) {
		if (failing_fork(self))
			child_exit(self);
		marks_stay(self);
	}
	write_under_wp(self, 1, UNPROTECT);
	unwp(self);
	cpu_write(self, PARENT);
}
