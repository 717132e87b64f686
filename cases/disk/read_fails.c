// SPDX-License-Identifier: GPL-2.0-only
/*
 * A disk under swap fails, and a page cannot be read: SIGBUS. Then it is well again, as behind a path
 * that was down, and has all that it was given: what is in swap is there for who asks, be it the page
 * that could not be read, or those beside it that the kernel read ahead, and nobody had asked for.
 */
#include "case.h"

CASE("a read from swap fails, then the disk is well: what it has is read", "C0");
SWAP_AS_ON_A_DISK;
SEEN_TO_FAIL("5.10 6.1 6.12 6.18 7.2 7.3", "C0", "*");
BROKEN_BY("failed-read-sticks", "*");
VARIANTS("anon thp_pte", "none");

TEST_F(scene, read_fails)
{
	only_in_swap(self);
	disk_fails(self);
	cpu_read_fails(self, 1);
	disk_is_well(self);
	cpu_read_again(self, ALL_PAGES);
}
