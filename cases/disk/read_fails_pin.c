// SPDX-License-Identifier: GPL-2.0-only
/*
 * The same for a pin: it is refused while the disk fails, and nothing is pinned. When the disk is well it
 * is taken, of what was in memory before.
 */
#include "case.h"

CASE("a read from swap fails, then the disk is well: what it has is pinned", "C1 C7");
SWAP_AS_ON_A_DISK;
SEEN_TO_FAIL("5.10 6.1 6.12 6.18 7.2 7.3", "C7", "*");
BROKEN_BY_AS("failed-read-sticks", "C7", "*");
VARIANTS("anon", "io_uring rdma rdma_ro");

TEST_F(scene, read_fails_pin)
{
	only_in_swap(self);
	disk_fails(self);
	pin_refused_with(self, EFAULT);
	disk_is_well(self);
	pin(self);
	device_write(self);
	cpu_read(self, PARENT);
}
