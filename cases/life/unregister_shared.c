// SPDX-License-Identifier: GPL-2.0-only
/*
 * The pages are shared with a child when their range is unregistered. Ending the
 * protection must not make them writable: each write must still be copied.
 */
#include "case.h"

CASE("write-protect, fork, unregister: shared pages are still copied on write", "C2 C5");
SEEN_TO_FAIL("7.3-unregister-keeps-wp", "C4", "*");
BROKEN_BY("copies-exclusive", "anon-io_uring thp-io_uring thp_pte-io_uring");
BROKEN_BY("hugetlb-fork-copies-wp", "hugetlb-none");
VARIANTS("BRIEF shmem_private zero swapped", "none");
VARIANTS("PRIVATE", "io_uring");

TEST_F(scene, unregister_shared)
{
	pin(self);
	wp(self);
	fork_child(self);
	unregister(self);
	cpu_write(self, PARENT);
	device_write(self);
	cpu_write(self, CHILD);
}
