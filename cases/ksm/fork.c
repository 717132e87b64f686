// SPDX-License-Identifier: GPL-2.0-only
/*
 * Merged pages are shared with a twin, and after fork() with a child. None of the three
 * may see what another writes.
 */
#include "case.h"

CASE("merged pages, fork, write by both: nobody sees the other", "C2");
SEEN_TO_FAIL("7.3-ksm-maps-writable", "C2", "*");
VARIANTS("ksm", "none io_uring rdma");

TEST_F(scene, fork)
{
	cpu_write_pages(self, PARENT, PAGE(3));
	fork_child(self);
	pin(self);
	cpu_write(self, CHILD);
	cpu_write(self, PARENT);
	device_write(self);
}
