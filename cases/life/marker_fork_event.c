// SPDX-License-Identifier: GPL-2.0-only
/*
 * As life/marker_fork, with EVENT_FORK: then the child is registered as its parent is, and
 * must have the PTE markers, too. Each writes to a page that nobody has touched, and is
 * noticed by its own monitor.
 */
#include "case.h"

CASE("write-protect unpopulated memory, EVENT_FORK: the child has the PTE markers", "C2 C3 C4");
SEEN_TO_FAIL("7.3-fork-drops-markers", "C4", "*");
VARIANTS("unpopulated hugetlb hugetlb_shared shmem shmem_private", "none");

TEST_F(scene, marker_fork_event)
{
	uffd_open(self, WP_UNPOPULATED | WP_EVENT_FORK);
	drop_pages(self, ALL_PAGES);
	wp(self);
	fork_child(self);
	child_write_under_wp(self, 0);
	write_under_wp(self, 1, UNPROTECT);
}
