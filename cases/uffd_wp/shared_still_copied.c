// SPDX-License-Identifier: GPL-2.0-only
/*
 * The second rule: memory that was not writable, being shared after fork(), is
 * not made writable by write-protect on and off: the next write is copied.
 * 								(C2, C5)
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
