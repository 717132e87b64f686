// SPDX-License-Identifier: GPL-2.0-only
/* Memory fails of which a child has a copy of its own: it goes on having that. */
#include "case.h"

CASE("fork, the child writes, its parent's memory fails: the child keeps its copy", "C2 C5 C8");
SEEN_TO_FAIL("7.3-faults-failure-forgotten", "C5", "*");
VARIANTS("anon thp_pte hugetlb shmem_private", "none");
VARIANTS("anon hugetlb", "io_uring");

TEST_F(scene, own_copy)
{
	cpu_write(self, PARENT);
	pin(self);
	fork_child(self);
	cpu_write(self, CHILD);
	memory_fails(self, 1);
	cpu_read_refused(self, 1);
	cpu_write(self, CHILD);
	dontneed(self, PARENT, PAGE(1));
	cpu_write_pages(self, PARENT, PAGE(0));
}
