// SPDX-License-Identifier: GPL-2.0-only
/*
 * The pages of a child are poisoned, those of its parent are not any more, and another process shares
 * these. The parent writes while no huge page is free: hugetlb_wp() takes them from whoever shares them.
 * The child does not, and what it has must stay.
 */
#include "case.h"

CASE("poison, fork, the parent has pages again and takes them from another: the child's stay poisoned",
     "C0 C5");
SEEN_TO_FAIL("6.12 7.3", "C5", "*");
BROKEN_BY_AS("hugetlb-takes-entries", "C5", "*");
VARIANTS("hugetlb", "none");

TEST_F(scene, poison_beside)
{
	uffd_open(self, WITH_MISSING);
	fill(self, ALL_PAGES, FILL_POISON);
	close_uffd(self);
	fork_child(self);
	child_read_refused(self, 0);
	dontneed(self, PARENT, ALL_PAGES);
	cpu_write(self, PARENT);
	cpu_write_taken_from_another(self);
	child_read_refused(self, 0);
}
