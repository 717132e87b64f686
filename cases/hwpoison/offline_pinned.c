// SPDX-License-Identifier: GPL-2.0-only
/* A frame that is pinned cannot be taken out of use; once it is not pinned, it can. */
#include "case.h"

CASE("pin, take a page's frame out of use: it stays, until it is unpinned", "C1 C8");
SEEN_TO_FAIL("7.3-faults-migrates-pinned", "C1",
	     "anon-* hugetlb-* shmem-* shmem_private-* hugetlb_shared-*");
NOT_SEEN_TO_FAIL("a huge page that is pinned is not split, so its frames stay in use",
		 "thp-* thp_pte-*");
VARIANTS("anon thp thp_pte hugetlb shmem shmem_private hugetlb_shared", "io_uring");
VARIANTS("anon thp hugetlb shmem", "rdma");
VARIANTS("anon", "rdma_ro");

TEST_F(scene, offline_pinned)
{
	pin(self);
	soft_offline(self, 1);
	cpu_write(self, PARENT);
	device_write(self);
	unpin(self);
	soft_offline(self, 1);
	pin(self);
	cpu_write(self, PARENT);
	device_write(self);
}
