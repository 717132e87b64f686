// SPDX-License-Identifier: GPL-2.0-only
/*
 * P: pin; write-protect; UFFDIO_UNREGISTER; P writes, D writes. What takes
 * the registration away takes the protection away, and the pinned page is as
 * exclusive as it was: it is written in place.
 *
 * Up to v5.18 do_wp_page() copied what is pinned (see uffd_wp/roundtrip), and
 * from v6.0 on unregistering changes the page table by itself (f369b07c8614):
 * a second way to "writable again", with the same rules.	(C1, C4, C5)
 */
#include "case.h"

CASE("pin, write-protect, unregister, write: pin and page table still agree", "C1 C4");
SEEN_TO_FAIL("7.3-unregister-keeps-wp", "C4", "*");
BROKEN_BY("copies-exclusive",
	  "anon-io_uring thp_pte-io_uring zero-io_uring anon-rdma swapped-io_uring "
	  "anon-odirect anon-rdma_ro");

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
