// SPDX-License-Identifier: GPL-2.0-only
/*
 * The second rule: memory that is not writable because it is shared after fork() must not
 * become writable by a write-protect round trip. The next write must be copied.
 */
#include "case.h"

CASE("a round trip on memory shared after fork(): the write is still copied", "C2 C5");
SEEN_TO_FAIL("7.3-unwp-grants-write", "C1", "zero-none");
SEEN_TO_FAIL("7.3-unwp-grants-write", "C2", "anon-none thp-none hugetlb-none shmem_private-none");
VARIANTS("BRIEF shmem_private zero", "none");

TEST_F(scene, shared_still_copied)
{
	fork_child(self);
	wp(self);
	unwp(self);
	cpu_write(self, PARENT);
	cpu_write(self, CHILD);
	child_exit(self);
	cpu_write(self, PARENT);
}
