// SPDX-License-Identifier: GPL-2.0-only
/*
 * MADV_POPULATE_WRITE of memory that is shared with a child breaks COW. A pin that is
 * taken afterwards gets a page that is already the process's own.
 */
#include "case.h"

CASE("fork, MADV_POPULATE_WRITE, pin: each process has a page of its own", "C1 C2");
SEEN_TO_FAIL("7.3-pin-skips-cow", "C1",
	     "anon-* thp-* thp_pte-* hugetlb-* shmem_private-* file_private-*");
SEEN_TO_FAIL("7.3-pin-skips-cow", "C7", "zero-io_uring");
VARIANTS("PRIVATE zero file_private", "io_uring");

TEST_F(scene, populate_fork)
{
	fork_child(self);
	cpu_write_by(self, POPULATE, PARENT, ALL_PAGES);
	pin(self);
	cpu_write(self, PARENT);
	cpu_write(self, CHILD);
	device_write(self);
}
