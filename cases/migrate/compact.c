// SPDX-License-Identifier: GPL-2.0-only
/*
 * Compaction must leave pinned pages alone. Memory that gets its pages only when it is
 * pinned has no variant, since nobody can say where they lie.
 */
#include "case.h"

CASE("pin, compact memory, write: a pinned page stays", "C1");
SEEN_TO_FAIL("7.3-migrates-pinned", "C1", "*");
VARIANTS("anon shmem", "io_uring rdma odirect");
VARIANTS("anon", "gup_ro");

TEST_F(scene, compact)
{
	holes_around(self);
	pin(self);
	compact(self);
	cpu_write(self, PARENT);
	device_write(self);
}
