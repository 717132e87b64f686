// SPDX-License-Identifier: GPL-2.0-only
/*
 * While UFFDIO_COPY waits for what it copies its process forks: the page is the parent's, and the
 * child has none.
 */
#include "case.h"

CASE("UFFDIO_COPY waits for what it copies, the process forks: the child has no part of it",
     "C2 C4");
NOT_SEEN_TO_FAIL("a child has no page table that the copy could go to by mistake", "*");
VARIANTS("anon shmem shmem_private hugetlb hugetlb_shared", "none");

TEST_F(scene, copy_late_forked)
{
	uffd_open(self, WITH_MISSING);
	copy_begin(self, 1, FILL_COPY);
	fork_child(self);
	copy_end(self, COPY_DONE);
	cpu_write(self, PARENT);
	cpu_write(self, CHILD);
}
