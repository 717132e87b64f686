// SPDX-License-Identifier: GPL-2.0-only
/*
 * One page of some is pinned: it stays, the others move, each write lands where it
 * should. Parts of one huge page stay together.			(C1)
 */
#include "case.h"

CASE("pin one page of some, move all: it stays, the others go", "C1");
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
