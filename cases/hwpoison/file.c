// SPDX-License-Identifier: GPL-2.0-only
/*
 * Memory of a file without a disk fails. The page stays in the file, as one that has failed: else
 * who maps it again, or never had it mapped, reads zeros, and nobody tells him that his data is lost
 * (a76054266661, v5.16; of hugetlbfs 8625147cafaa, v6.1). A hole makes an end of it.
 */
#include "case.h"

CASE("memory of a file fails: SIGBUS for who maps it again, until a hole is punched there",
     "C1 C5 C8");
SEEN_TO_FAIL("7.3", "C1", "shmem-none");
SEEN_TO_FAIL("7.3-faults-failure-forgotten", "C5", "*");
BROKEN_BY("failed-page-truncated", "shmem-none");
BROKEN_BY("punch-keeps-failure", "shmem-none");
VARIANTS("shmem hugetlb_shared", "none");

TEST_F(scene, file)
{
	memory_fails(self, 1);
	cpu_read_refused(self, 1);
	dontneed(self, PARENT, PAGE(1));
	cpu_read_refused(self, 1);
	fork_child(self);
	child_read_refused(self, 1);
	cpu_write_pages(self, CHILD, PAGE(0));
	punch(self, PAGE(1));
	cpu_write(self, PARENT);
}
