// SPDX-License-Identifier: GPL-2.0-only
/*
 * Compaction moves what it finds; a pinned page is left alone. (Of what gets its page only
 * with the pin it cannot be said where that lies.)		(C1)
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
