// SPDX-License-Identifier: GPL-2.0-only
/*
 * P: drop the pages; write-protect where nothing is: markers; mremap();
 * register the new place, protect nothing; P writes.		(C3, C4)
 */
#include "case.h"

CASE("write-protect what is not there, mremap: no marker moves along", "C3 C4");
SEEN_TO_FAIL("7.3-mremap-keeps-markers", "C4", "*");
SEEN_TO_FAIL("7.3-mremap-keeps-wp", "C4", "*");

VARIANTS("unpopulated anon hugetlb hugetlb_shared shmem shmem_private", "none");

TEST_F(scene, remap_marker)
{
	uffd_open(self, WP_UNPOPULATED);
	drop_pages(self, ALL_PAGES);
	wp(self);
	remap(self, 0);
	register_again(self);
	cpu_write(self, PARENT);
}
