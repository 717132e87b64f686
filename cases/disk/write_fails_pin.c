// SPDX-License-Identifier: GPL-2.0-only
/*
 * A write to swap fails, and the page is pinned before it is written again: the pin has the page that its
 * process has, and it stays in memory for as long as it is nowhere else.
 */
#include "case.h"

CASE("the disk refuses what is swapped out, and it is pinned to be read: memory keeps it", "C0 C1");
SWAP_AS_ON_A_DISK;
SEEN_TO_FAIL("7.3-failed-write-stays-clean", "C0", "*");
VARIANTS("anon", "rdma_ro");

TEST_F(scene, write_fails_pin)
{
	disk_fails(self);
	pageout(self, true);
	pin(self);
	device_write(self);
	cpu_read(self, PARENT);
	unpin(self);
	pageout(self, true);
	disk_is_well(self);
	pageout(self, true);
	cpu_read(self, PARENT);
}
