// SPDX-License-Identifier: GPL-2.0-only
/*
 * A dma-buf pins the pages of a file, and ends with its last file descriptor. A child that
 * was forked meanwhile has one: when the owner closes its own, the pin must stand, and the
 * device must still reach the pages. It must end with the child.
 */
#include "case.h"

CASE("pin, fork, the owner closes: the pin stands as long as the child has it", "C1 C8");
NOT_SEEN_TO_FAIL("a dma-buf has no flush(): no kernel ends it with the first who closes it", "*");
VARIANTS("shmem hugetlb_shared", "udmabuf");

TEST_F(scene, held_by_child)
{
	pin(self);
	fork_child(self);
	unpin(self);
	cpu_write(self, PARENT);
	device_write(self);
	cpu_write(self, CHILD);
	child_exit(self);
	cpu_write(self, PARENT);
}
