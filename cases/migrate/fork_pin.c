// SPDX-License-Identifier: GPL-2.0-only
/*
 * Pages are migrated after fork() with a pin. The child's copies may move, the pinned
 * pages must stay, and neither process may see what the other writes.
 */
#include "case.h"

CASE("pin, fork, migrate, write: pinned pages stay, the child is isolated", "C1 C2");
SEEN_TO_FAIL("7.3-no-early-copy", "C1", "*");
BROKEN_BY("hugetlb-no-early-copy", "hugetlb-*");
VARIANTS("PRIVATE zero", "io_uring");
VARIANTS("BRIEF", "rdma");

TEST_F(scene, fork_pin)
{
	pin(self);
	fork_child(self);
	migrate(self);
	cpu_write(self, PARENT);
	device_write(self);
	cpu_write(self, CHILD);
}
