// SPDX-License-Identifier: GPL-2.0-only
/*
 * The control: an on-demand MR, or a virtual machine, pins nothing, so its page may be moved.
 * The device loses the page together with the CPU. What either of them writes at the old place
 * goes to a new page there, and not to the page that was moved away.
 */
#include "case.h"

CONTROL("UFFDIO_MOVE under an on-demand MR: the device follows the page table", "C1 C2");
SEEN_TO_FAIL("7.3-move-skips-notifier", "C1", "anon-rdma_odp");
SEEN_TO_FAIL("7.3-move-refuses-part", "C7", "thp_pte-rdma_odp");
SEEN_TO_FAIL("7.3-move-one-too-many", "C7", "*-rdma_odp");
SEEN_TO_FAIL("7.3-devices-zaps-untold", "C1", "*-kvm");
VARIANTS("anon thp_pte", "rdma_odp");
VARIANTS("anon", "kvm");

TEST_F(scene, odp)
{
	pin(self);
	device_write(self);
	uffd_move_away(self, 1);
	cpu_write(self, PARENT);
	device_write(self);
	uffd_moved_stays(self, 1);
}
