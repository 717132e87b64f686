// SPDX-License-Identifier: GPL-2.0-only
/*
 * One of several pages is pinned. It must stay while the others move, and each write must
 * land in the right page. The parts of a huge page stay together.
 */
#include "case.h"

CASE("pin one of several pages, migrate all: it stays, the others move", "C1");
SEEN_TO_FAIL("7.3-migrates-pinned", "C1", "*");
VARIANTS("PRIVATE shmem mthp thp_shared ksm", "io_uring");
VARIANTS("BRIEF shmem ksm", "rdma");

TEST_F(scene, partial_pin)
{
	pin_pages(self, PAGE(1));
	migrate(self);
	cpu_write(self, PARENT);
	device_write(self);
	migrate(self);
	cpu_write(self, PARENT);
	device_write(self);
}
