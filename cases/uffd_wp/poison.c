// SPDX-License-Identifier: GPL-2.0-only
/*
 * One page is pinned, and UFFDIO_POISON poisons the hole next to it. An access there must
 * end in SIGBUS, and the pinned page must not be affected. A pin of all pages must be
 * refused, and nothing may be pinned. Without the poison it must be taken.
 */
#include "case.h"

CASE("POISON next to a pinned page: SIGBUS there, no pin over it, the pin agrees", "C1 C5 C7");
SEEN_TO_FAIL("7.3-poison-forgotten", "C5", "shmem-io_uring");
SEEN_TO_FAIL("7.3-poison-forgotten", "C3", "anon-io_uring hugetlb-io_uring anon-rdma");
VARIANTS("anon shmem hugetlb", "io_uring");
VARIANTS("anon", "rdma");

TEST_F(scene, poison)
{
	uffd_open(self, WITH_MISSING);
	pin_pages(self, PAGE(0));
	fill(self, PAGE(1), FILL_POISON);
	cpu_read_refused(self, 1);
	cpu_write_pages(self, PARENT, PAGE(0));
	device_write(self);
	unpin(self);
	pin_refused(self);
	fill(self, PAGE(1), FILL_COPY);
	pin(self);
	cpu_write(self, PARENT);
	device_write(self);
}
