// SPDX-License-Identifier: GPL-2.0-only
/*
 * As fork/taken_pid_event, without a monitor that is told of children. Pages were shared for a while,
 * or copied early, and are the parent's alone again.
 */
#include "case.h"

CASE("a fork() that fails when memory is copied: nothing is shared, and marks stay", "C1 C2 C3 C7");
BROKEN_BY("copies-exclusive", "anon-io_uring anon-rdma");
NOT_SEEN_TO_FAIL("no kernel was made yet that shares what is not pinned when it fails", "*-none");
VARIANTS("BRIEF shmem_private", "none");
VARIANTS("anon", "io_uring rdma");

TEST_F(scene, taken_pid)
{
	pin(self);
	wp(self);
	fork_for_taken_pid(self);
	marks_stay(self);
	write_under_wp(self, 1, UNPROTECT);
	unwp(self);
	cpu_write(self, PARENT);
	device_write(self);
}
