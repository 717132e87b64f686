// SPDX-License-Identifier: GPL-2.0-only
/*
 * A pinned page must not be migrated, and page table and pin must agree afterwards. A
 * page beside it does move. Memory that is not pinned moves as well, and the device of an
 * on-demand MR follows.
 */
#include "case.h"

CASE("pin, migrate to the other node, write: a pinned page stays", "C1");
SEEN_TO_FAIL("7.3-migrates-pinned", "C1", "*-gup* *-io_uring *-odirect* *-rdma *-rdma_ro");
NOT_SEEN_TO_FAIL("controls: nothing is pinned, or only held by a FOLL_GET reference, so that "
		 "the pin may go stale",
		 "*-rdma_odp *-vmsplice");
SEEN_TO_FAIL("7.3-devices-frames-untold", "C1", "*-kvm");
VARIANTS("ALL MORE ksm", "io_uring");
VARIANTS("BRIEF shmem ksm", "rdma");
VARIANTS("ANON hugetlb shmem", "odirect");
VARIANTS("BRIEF thp_two", "odirect_bytes");
VARIANTS("anon shmem shmem_private zero hugetlb", "rdma_ro");
VARIANTS("BRIEF", "gup_fast");
VARIANTS("anon hugetlb shmem_private", "gup_ro");
VARIANTS("anon shmem", "rdma_odp");
VARIANTS("anon thp shmem", "vmsplice");
VARIANTS("anon thp hugetlb shmem ksm", "kvm");

TEST_F(scene, pin_stays)
{
	pin(self);
	migrate(self);
	cpu_write(self, PARENT);
	device_write(self);
}
