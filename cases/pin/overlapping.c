// SPDX-License-Identifier: GPL-2.0-only
/*
 * Two pins cover the same memory, the second only one page of it. Each must see what the
 * CPU and the other one write. When one is released the other still holds, and fork()
 * must copy early what it covers. When both are gone, the pin counts and the process's
 * account of pinned memory must be back where they were.
 */
#include "case.h"

CASE("two pins of the same pages: each holds by itself, and both are accounted for", "C1 C2 C8");
SEEN_TO_FAIL("7.3-no-early-copy", "C1", "anon-* thp-* thp_pte-* hugetlb-* shmem_private-* zero-*");
BROKEN_BY("hugetlb-no-early-copy", "hugetlb-*");
VARIANTS("PRIVATE zero", "io_uring");
VARIANTS("BRIEF", "rdma io_uring_clone");
VARIANTS("anon", "io_uring_slot");

TEST_F(scene, overlapping)
{
	int second;

	pin(self);
	second = pin_again(self, PARENT, PAGE(1));
	cpu_write(self, PARENT);
	device_write(self);
	device_write_by(self, second);
	unpin(self);
	fork_child(self);
	cpu_write(self, PARENT);
	device_write_by(self, second);
	cpu_write(self, CHILD);
	unpin_by(self, second);
	cpu_write(self, PARENT);
}
