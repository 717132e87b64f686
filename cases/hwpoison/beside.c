// SPDX-License-Identifier: GPL-2.0-only
/*
 * The memory under one page fails. That page is gone: SIGBUS, also in a child that is forked later,
 * and what is given up and touched again is a new page. Beside it everything goes on: marks, their
 * notifications, and what is shared.
 */
#include "case.h"

CASE("memory fails beside write-protected pages: SIGBUS there, and nothing else changes",
     "C2 C3 C4 C5 C8");
SEEN_TO_FAIL("7.3-faults-failure-forgotten", "C5", "*");
SEEN_TO_FAIL("7.3-faults-fork-forgets-failure", "C5", "*");
VARIANTS("anon thp thp_pte hugetlb shmem_private", "none");

TEST_F(scene, beside)
{
	cpu_write(self, PARENT);
	wp_pages(self, PAGE(0));
	memory_fails(self, 1);
	cpu_read_refused(self, 1);
	marks_stay(self);
	write_under_wp(self, 0, UNPROTECT);
	fork_child(self);
	child_read_refused(self, 1);
	cpu_write_pages(self, CHILD, PAGE(0));
	dontneed(self, PARENT, PAGE(1));
	cpu_write(self, PARENT);
	child_read_refused(self, 1);
}
