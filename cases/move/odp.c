// SPDX-License-Identifier: GPL-2.0-only
/*
 * The control: an on-demand MR pins nothing, so its page may be moved. The
 * device loses it with the CPU: what is written at the old place, by either,
 * is a new page there, and not in what was moved away.		(C1, C2)
 */
#include "case.h"

CONTROL("UFFDIO_MOVE of what an on-demand MR covers: the device follows the page table", "C1 C2");
SEEN_TO_FAIL("7.3-move-skips-notifier", "C1", "anon-rdma_odp");
SEEN_TO_FAIL("7.3-move-refuses-part", "C7", "thp_pte-rdma_odp");
SEEN_TO_FAIL("7.3-move-one-too-many", "C7", "*");

VARIANTS("anon thp_pte", "rdma_odp");

TEST_F(scene, odp)
{
	pin(self);
	device_write(self);
	uffd_move_away(self, 1);
	cpu_write(self, PARENT);
	device_write(self);
	uffd_moved_stays(self, 1);
}
