// SPDX-License-Identifier: GPL-2.0-only
/*
 * MADV_FREE makes the pages clean, and what is clean may be dropped; the device's
 * write does not make them dirty. While they are pinned they must stay. (C1)
 */
#include "case.h"

CASE("pin, MADV_FREE, device writes, page out: the write is there", "C1");

VARIANT(anon, io_uring);
VARIANT(thp, io_uring);
VARIANT(thp_pte, io_uring);
VARIANT(mthp, io_uring);
VARIANT(anon, rdma);
VARIANT(thp, rdma);
VARIANT(thp_pte, rdma);
VARIANT(mthp, rdma);
VARIANT(anon, odirect);
VARIANT(thp, odirect);

TEST_F(scene, lazyfree_pin)
{
	pin(self);
	lazyfree(self);
	device_write(self);
	pageout(self, false);
	cpu_read(self, PARENT);
	cpu_write(self, PARENT);
}
