// SPDX-License-Identifier: GPL-2.0-only
/*
 * NUMA balancing takes access away from pages to see who touches them, and migrates them
 * to the node of whoever does. A pinned page must stay.
 */
#include "case.h"

CASE("pin on the other node, NUMA hinting, write: a pinned page stays", "C1");
SEEN_TO_FAIL("7.3-migrates-pinned", "C1", "*-io_uring *-rdma");
VARIANTS("ANON shmem", "io_uring");
VARIANTS("anon shmem", "rdma");

TEST_F(scene, numa_hint)
{
	migrate(self);
	pin(self);
	numa_hint(self);
	cpu_write(self, PARENT);
	device_write(self);
}
