// SPDX-License-Identifier: GPL-2.0-only
/*
 * Unpopulated memory is write-protected, which leaves PTE markers, and moved by mremap()
 * without EVENT_REMAP. The markers must not move along: the new place is registered, but
 * not protected, so writes must go through.
 */
#include "case.h"

CASE("write-protect unpopulated memory, mremap: no PTE marker moves along", "C3 C4");
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
