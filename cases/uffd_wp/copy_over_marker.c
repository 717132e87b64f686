// SPDX-License-Identifier: GPL-2.0-only
/*
 * Where hugetlb or shared memory is write-protected and nothing is mapped there is a PTE
 * marker. UFFDIO_COPY must fill such a hole as any other: by MODE_WP the page is
 * write-protected then, and without it no longer.
 */
#include "case.h"

CASE("PTE markers, UFFDIO_COPY over them: the pages are there, and protected as asked for",
     "C0 C3 C4");
SEEN_TO_FAIL("7.3-copy-refuses-marker", "C4", "hugetlb-none unpopulated-none");
VARIANTS("hugetlb unpopulated", "none");

TEST_F(scene, copy_over_marker)
{
	uffd_open(self, WITH_MISSING | WP_UNPOPULATED);
	drop_pages(self, ALL_PAGES);
	wp(self);
	fill_hole(self, PAGE(0), FILL_COPY_WP);
	fill_hole(self, PAGE(1), FILL_COPY);
	cpu_write_pages(self, PARENT, PAGE(1));
	write_under_wp(self, 0, UNPROTECT);
}
