// SPDX-License-Identifier: GPL-2.0-only
/*
 * As a postcopy migration: whoever touches a page that is not there waits until the monitor
 * has filled it in, be it by a read or by a write. If the monitor fills it in
 * write-protected, as one does that takes a snapshot meanwhile, the write that waited is
 * noticed once more.
 */
#include "case.h"

CASE("touch missing pages: one notification each, and what was filled in is seen", "C0 C3 C4");
SEEN_TO_FAIL("7.3-missing-unnoticed", "C3", "*");
VARIANTS("anon thp hugetlb hugetlb_shared shmem unpopulated", "none");

TEST_F(scene, missing)
{
	uffd_open(self, WITH_MISSING);
	drop_pages(self, ALL_PAGES);
	write_missing(self, 0, FILL_COPY_WP);
	read_missing(self, 1, FILL_COPY_WP);
	write_under_wp(self, 1, UNPROTECT);
	read_missing(self, 0, FILL_COPY);
	cpu_write_pages(self, PARENT, 0, 2);
}
