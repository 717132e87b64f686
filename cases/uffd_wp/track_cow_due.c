// SPDX-License-Identifier: GPL-2.0-only
/*
 * Flow A where COW is due. The page is shared with a child, so the retry after the
 * notification must copy, and neither process may see what the other writes.
 */
#include "case.h"

CASE("flow A on a page shared with a child: the retried write is still copied", "C2 C3 C5");
SEEN_TO_FAIL("7.3-unwp-grants-write", "C2", "anon-none thp-none hugetlb-none shmem_private-none");
SEEN_TO_FAIL("7.3-unwp-grants-write", "C3", "zero-none");
VARIANTS("BRIEF shmem_private zero", "none");

TEST_F(scene, track_cow_due)
{
	fork_child(self);
	wp(self);
	write_under_wp(self, 1, UNPROTECT);
	cpu_write_pages(self, CHILD, PAGE(0));
	write_under_wp(self, 0, UNPROTECT);
	cpu_write(self, CHILD);
}
