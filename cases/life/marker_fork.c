// SPDX-License-Identifier: GPL-2.0-only
/*
 * Unpopulated memory is write-protected, which leaves PTE markers, and the process forks.
 * Without EVENT_FORK the child is not registered, so it must have no markers and its
 * writes must go through. A write by the parent must still raise a notification.
 *
 * fork() used to copy the markers. Fixed by 49d6d7fb6313 (v6.2, 6.1.11).
 */
#include "case.h"

CASE("write-protect unpopulated memory, fork: the child has no PTE marker", "C2 C3 C4");
SEEN_TO_FAIL("7.3-fault-forgets-marker", "C4", "*");
VARIANTS("unpopulated anon hugetlb hugetlb_shared shmem shmem_private", "none");

TEST_F(scene, marker_fork)
{
	uffd_open(self, WP_UNPOPULATED);
	drop_pages(self, ALL_PAGES);
	wp(self);
	fork_child(self);
	cpu_write_pages(self, CHILD, PAGE(0));
	write_under_wp(self, 1, UNPROTECT);
	cpu_read(self, PARENT);
	write_under_wp(self, 0, UNPROTECT);
}
