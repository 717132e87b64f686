// SPDX-License-Identifier: GPL-2.0-only
/* Memory fails that parent and child share: both have lost it. */
#include "case.h"

CASE("fork, memory fails that both have: SIGBUS in both, and the rest is still shared", "C2 C5 C8");
SEEN_TO_FAIL("7.3-faults-failure-forgotten", "C5", "*");
BROKEN_BY("forked-thp-fails-whole", "thp-none");
VARIANTS("anon thp thp_pte hugetlb shmem_private", "none");

TEST_F(scene, shared)
{
	cpu_write(self, PARENT);
	fork_child(self);
	memory_fails(self, 1);
	cpu_read_refused(self, 1);
	child_read_refused(self, 1);
	cpu_write_pages(self, CHILD, PAGE(0));
	cpu_write_pages(self, PARENT, PAGE(0));
	dontneed(self, PARENT, PAGE(1));
	cpu_write_pages(self, PARENT, PAGE(1));
	child_read_refused(self, 1);
}
