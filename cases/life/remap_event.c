// SPDX-License-Identifier: GPL-2.0-only
/*
 * With EVENT_REMAP the registration and the uffd-wp bits move along. Each write at the
 * new place must raise one notification, and the pin must stay with its page.
 */
#include "case.h"

CASE("EVENT_REMAP: the uffd-wp bits move along, and the pin agrees", "C1 C3 C4");
SEEN_TO_FAIL("7.3-dma-by-page-table", "C1", "*-io_uring");
SEEN_TO_FAIL("5.10", "C1", "anon-rdma thp-rdma");
SEEN_TO_FAIL("7.3-mremap-forgets-wp", "C4", "*-none shmem-rdma");
BROKEN_BY("copies-exclusive",
	  "anon-io_uring thp-io_uring thp_pte-io_uring zero-io_uring anon-rdma thp-rdma");
VARIANTS("ALL", "io_uring");
VARIANTS("anon thp shmem", "rdma");
VARIANTS("BRIEF shmem_private shmem zero swapped hugetlb_shared", "none");

TEST_F(scene, remap_event)
{
	uffd_open(self, WP_EVENT_REMAP);
	pin(self);
	wp(self);
	remap(self, 0);
	marks_stay(self);
	write_under_wp(self, 1, UNPROTECT);
	unwp(self);
	cpu_write(self, PARENT);
	device_write(self);
}
