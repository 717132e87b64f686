// SPDX-License-Identifier: GPL-2.0-only
/*
 * Unpopulated memory is write-protected, which leaves PTE markers. The first access is
 * a write, and it must raise a notification. So must a write to a page that a read has
 * populated.
 *
 * For private hugetlb memory the first write took a shortcut that did not check for a PTE
 * marker. Fixed by 60d5b473d61b (v6.3, 6.1.24).
 */
#include "case.h"

CASE("write-protect unpopulated memory, then write: a notification comes", "C3 C4");
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
