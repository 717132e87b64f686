// SPDX-License-Identifier: GPL-2.0-only
/*
 * A disk under swap has failed, is well again, and is taken out of use, as one does with such a disk:
 * swapoff() brings back all that it has.
 */
#include "case.h"

CASE("a read from swap fails, then the disk is well: swapoff() brings all back", "C0 C8");
SWAP_AS_ON_A_DISK;
SEEN_TO_FAIL("5.10", "C0", "*");
SEEN_TO_FAIL("6.1 6.12 6.18 7.2 7.3", "C8", "*");
BROKEN_BY_AS("swapoff-maps-unread", "C0", "*");
BROKEN_BY_AS("failed-read-sticks", "C8", "*");
VARIANTS("anon", "none");

TEST_F(scene, read_fails_swapoff)
{
	only_in_swap(self);
	disk_fails(self);
	cpu_read_fails(self, 1);
	disk_is_well(self);
	swapoff_all(self);
	cpu_write(self, PARENT);
}
