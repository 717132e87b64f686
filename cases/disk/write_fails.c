// SPDX-License-Identifier: GPL-2.0-only
/*
 * A write to swap fails. The page must be in memory for as long as it is nowhere else, be it that it has to
 * be written once more.
 */
#include "case.h"

CASE("the disk refuses what is swapped out: memory keeps it", "C0");
SWAP_AS_ON_A_DISK;
SEEN_TO_FAIL("7.3-failed-write-stays-clean", "C0", "*");
VARIANTS("anon shmem_private thp", "none");

TEST_F(scene, write_fails)
{
	disk_fails(self);
	pageout(self, true);
	cpu_read(self, PARENT);
	cpu_write(self, PARENT);
	pageout(self, true);
	disk_is_well(self);
	cpu_read(self, PARENT);
	pageout(self, true);
	cpu_read(self, PARENT);
}
