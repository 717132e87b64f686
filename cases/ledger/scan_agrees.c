// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a page is can be asked of pagemap and of PAGEMAP_SCAN: present, swapped out, of a
 * file, the zero page. Both must say the same, and what is known to be swapped
 * out must be so in both, whatever the kernel did to the page before.
 */
#include "case.h"

CASE("PAGEMAP_SCAN and pagemap say the same of a page", "C9");
SEEN_TO_FAIL("7.3-scan-forgets-swapped", "C9", "anon-* swapped-*");
NOT_SEEN_TO_FAIL("nothing of it is swapped out by an entry of its own", "zero-* thp-* shmem*-*");
VARIANTS("anon swapped zero shmem shmem_private thp", "none");
VARIANTS("anon", "io_uring");

TEST_F(scene, scan_agrees)
{
	scan_agrees(self);
	pageout(self, false);
	scan_agrees(self);
	cpu_read(self, PARENT);
	scan_agrees(self);
	cpu_write(self, PARENT);
	fork_child(self);
	cpu_write(self, CHILD);
	scan_agrees(self);
}
