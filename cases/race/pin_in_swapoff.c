// SPDX-License-Identifier: GPL-2.0-only
/*
 * swapoff() waits until the disk has read a page, and has it locked in the swap cache. Who pins the
 * page finds it there, and must wait, too.
 */
#include "case.h"

CASE("pin a page while swapoff() waits for the disk: pin and page table agree", "C1 C7");
SWAP_AS_ON_A_DISK;
SEEN_TO_FAIL("7.3-swapin-waits-for-nobody", "C1", "*");
VARIANTS("anon", "io_uring rdma");

TEST_F(scene, pin_in_swapoff)
{
	pin(self);
	unpin(self);
	while (race_round(self)) {
		only_in_swap(self);
		race(self, &act_swapoff, WAITS_FOR_DISK, &act_pin);
		cpu_write(self, PARENT);
		device_write(self);
		unpin(self);
	}
}
