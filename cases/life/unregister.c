// SPDX-License-Identifier: GPL-2.0-only
/*
 * UFFDIO_UNREGISTER ends the protection. The pinned page is as exclusive as it was
 * before, so the next write must be done in place.
 *
 * do_wp_page() used to copy pinned pages (see uffd_wp/roundtrip). Since f369b07c8614
 * unregistering changes the page table itself. This is a second way to become writable
 * again, and it must follow the same rules.
 */
#include "case.h"

CASE("pin, write-protect, unregister, write: pin and page table still agree", "C1 C4");
SEEN_TO_FAIL("7.3-unregister-keeps-wp", "C4", "*");
BROKEN_BY("copies-exclusive",
	  "*-odirect *-rdma_ro anon-io_uring anon-rdma thp_pte-* zero-io_uring swapped-*");
VARIANTS("ALL swapped hugetlb_shared", "io_uring");
VARIANTS("BRIEF shmem", "rdma");
VARIANTS("anon", "odirect rdma_ro");
VARIANTS("BRIEF shmem_private shmem zero", "none");

TEST_F(scene, unregister)
{
	pin(self);
	wp(self);
	unregister(self);
	cpu_write(self, PARENT);
	device_write(self);
}
