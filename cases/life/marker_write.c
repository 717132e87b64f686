// SPDX-License-Identifier: GPL-2.0-only
/*
 * P: drop the pages; write-protect where nothing is; a write is the first to
 * touch it: it is noticed. For private hugetlb memory that first write took a
 * short cut that did not look at the marker.
 *
 * Fixed by 60d5b473d61b (v6.3; 6.1.24).			(C3, C4)
 */
#include "case.h"

CASE("write-protect what is not there, then write: it is noticed", "C3 C4");
SEEN_TO_FAIL("7.3-fault-forgets-marker", "C3", "*");

VARIANTS("BRIEF unpopulated hugetlb_shared shmem shmem_private", "none");

TEST_F(scene, marker_write)
{
	uffd_open(self, WP_UNPOPULATED);
	drop_pages(self, ALL_PAGES);
	wp(self);
	write_under_wp(self, 1, UNPROTECT);
	cpu_read(self, PARENT);
	write_under_wp(self, 0, UNPROTECT);
}
