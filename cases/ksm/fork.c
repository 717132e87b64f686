// SPDX-License-Identifier: GPL-2.0-only
/*
 * Merged pages are shared with a twin and then with a child: three who must not see
 * each other's writes.						(C2)
 */
#include "case.h"

CASE("merged pages, fork, write by both: nobody sees the other", "C2");

VARIANT_NOPIN(ksm);
VARIANT(ksm, io_uring);
VARIANT(ksm, rdma);

TEST_F(scene, fork)
{
	fork_child(self);
	pin(self);
	cpu_write(self, CHILD);
	cpu_write(self, PARENT);
	device_write(self);
}
