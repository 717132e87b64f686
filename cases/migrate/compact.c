// SPDX-License-Identifier: GPL-2.0-only
/*
 * Compaction moves what it finds; a pinned page is left alone.	(C1)
 */
#include "case.h"

CASE("pin, compact memory, write: a pinned page stays", "C1");

VARIANT(anon, io_uring);
VARIANT(shmem, io_uring);
VARIANT(shmem_private, io_uring);
VARIANT(zero, io_uring);
VARIANT(anon, rdma);
VARIANT(shmem, rdma);
VARIANT(shmem_private, rdma);
VARIANT(zero, rdma);
VARIANT(anon, odirect);
VARIANT(shmem, odirect);
VARIANT(anon, gup_ro);

TEST_F(scene, compact)
{
	pin(self);
	compact(self);
	cpu_write(self, PARENT);
	device_write(self);
}
