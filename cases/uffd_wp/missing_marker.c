// SPDX-License-Identifier: GPL-2.0-only
/*
 * Memory is registered for missing pages and for write-protect, and what is not there has
 * a PTE marker. A read and a write of it are faults of missing pages: each is told of
 * once, the thread sleeps until the page is filled in, and what it is filled with decides
 * whether it is write-protected.
 *
 * When a fault looks once more before it goes to sleep, a marker is no page.
 */
#include "case.h"

CASE("PTE markers where pages are missing: a read and a write wait for the page", "C3 C4");
SEEN_TO_FAIL("7.3-missing-does-not-wait", "C3", "*");
VARIANTS("hugetlb unpopulated anon", "none");

TEST_F(scene, missing_marker)
{
	uffd_open(self, WITH_MISSING | WP_UNPOPULATED);
	drop_pages(self, ALL_PAGES);
	wp(self);
	read_missing(self, 0, FILL_COPY_WP);
	write_missing(self, 1, FILL_COPY);
	write_under_wp(self, 0, UNPROTECT);
}
