// SPDX-License-Identifier: GPL-2.0-only
/*
 * A child inherits the userfaultfd as its memory is copied, and the parent tells of it then. After that
 * fork() may still fail: here it is asked for a PID that is taken (clone3() with set_tid), and as
 * well the cgroup may have no more processes (EAGAIN). Then there is no child, and must be no event:
 * f64e67e5d3a4 (v6.12) keeps it back only where memory could not be copied.
 */
#include "case.h"

CASE("a fork() that fails when memory is copied: no EVENT_FORK, the monitor goes on", "C2 C3 C4");
BROKEN_BY("fork-event-of-nobody", "*");
VARIANTS("BRIEF shmem", "none");
VARIANTS("anon", "io_uring rdma");

TEST_F(scene, taken_pid_event)
{
	uffd_open(self, WP_EVENT_FORK);
	pin(self);
	wp(self);
	fork_for_taken_pid(self);
	marks_stay(self);
	write_under_wp(self, 1, UNPROTECT);
	fork_child(self);
	unwp(self);
	cpu_write(self, PARENT);
	device_write(self);
}
