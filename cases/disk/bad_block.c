// SPDX-License-Identifier: GPL-2.0-only
/*
 * One block of the disk cannot be read any more. What is in it is lost; what is beside it is not, though
 * the kernel reads it in one go with it.
 */
#include "case.h"

CASE("a block of the swap disk is bad: what is beside it is read", "C0");
SWAP_AS_ON_A_DISK;
SEEN_TO_FAIL("7.3", "C0", "*");
BROKEN_BY("bad-block-fails-others", "*");
VARIANTS("anon", "none");

TEST_F(scene, bad_block)
{
	only_in_swap(self);
	disk_loses_page(self, 1);
	cpu_read_again(self, 0, 1);
	cpu_read_again(self, 2, 2);
	cpu_read_fails(self, 1);
	dontneed(self, PARENT, PAGE(1));
	disk_is_well(self);
	cpu_write(self, PARENT);
}
