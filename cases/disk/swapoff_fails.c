// SPDX-License-Identifier: GPL-2.0-only
/*
 * swapoff() must bring back what it cannot read. It is lost, and whoever comes to it is told; he does not
 * get what happens to be in the frame that it was to be read to, which is somebody else's
 * (9f186f9e5fa9).
 */
#include "case.h"

CASE("swapoff() while the disk fails: SIGBUS, and not what was in memory", "C5");
SWAP_AS_ON_A_DISK;
SEEN_TO_FAIL("5.10", "C5", "*");
BROKEN_BY("swapoff-maps-unread", "*");
VARIANTS("anon", "none");

TEST_F(scene, swapoff_fails)
{
	only_in_swap(self);
	disk_fails(self);
	swapoff_fails(self);
	disk_is_well(self);
}
