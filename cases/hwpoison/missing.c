// SPDX-License-Identifier: GPL-2.0-only
/* What a monitor does whose guest has lost a page: it gives it up, and fills it in again. */
#include "case.h"

CASE("userfaultfd for missing pages, memory fails, drop, UFFDIO_COPY: it is there again",
     "C2 C3 C5");
SEEN_TO_FAIL("7.3", "C2", "shmem-none");
SEEN_TO_FAIL("7.3-faults-failure-forgotten", "C3", "anon-none hugetlb-none thp_pte-none");
SEEN_TO_FAIL("7.3-faults-failure-forgotten", "C5", "shmem-none hugetlb_shared-none");
BROKEN_BY_AS("punch-keeps-failure", "C2", "shmem-none");
VARIANTS("anon thp_pte hugetlb", "none");
VARIANTS("shmem hugetlb_shared", "none");

TEST_F(scene, missing)
{
	uffd_open(self, WITH_MISSING);
	memory_fails(self, 1);
	cpu_read_refused(self, 1);
	fill(self, PAGE(1), FILL_COPY);
	cpu_write(self, PARENT);
	write_missing(self, 0, FILL_COPY);
}
