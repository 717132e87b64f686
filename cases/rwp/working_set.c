// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which pages are in use is what read-and-write protect is for, and PAGEMAP_SCAN tells it as
 * PAGE_IS_ACCESSED: what is there or in swap and not protected any more. It must say what
 * pagemap's bit says, whatever the kernel did to the page in between.
 */
#include "case.h"

CASE("PAGEMAP_SCAN tells which pages were accessed, wherever they are now", "C4 C9");
SEEN_TO_FAIL("7.3-scan-accesses-swapped", "C9", "anon-* swapped-* thp-* thp_pte-*");
NOT_SEEN_TO_FAIL("the zero page is not swapped out: the control", "zero-none");
VARIANTS("anon swapped thp thp_pte zero", "none");
VARIANTS("anon", "io_uring");

TEST_F(scene, working_set)
{
	uffd_open(self, FOR_RWP);
	wp(self);
	scan_agrees(self);
	read_under_rwp(self, PARENT, 0);
	scan_agrees(self);
	pageout(self, false);
	scan_agrees(self);
	write_under_wp(self, 1, UNPROTECT);
	scan_agrees(self);
	fork_child(self);
	scan_agrees(self);
}
