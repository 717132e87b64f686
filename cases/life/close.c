// SPDX-License-Identifier: GPL-2.0-only
/*
 * Closing the uffd must clear the uffd-wp bits. The next write to the pinned page must
 * be done in place, and a new registration must not find old bits.
 *
 * The kernel used to leave the bits in the page table (CVE-2024-36881). c88033efe9a3
 * clears them.
 */
#include "case.h"

CASE("pin, write-protect, close the uffd: no uffd-wp bit is left, and the pin agrees", "C1 C3 C4");
SEEN_TO_FAIL("7.3-close-keeps-wp", "C4", "*-io_uring *-rdma *-odirect *-none");
SEEN_TO_FAIL("5.10", "C1", "*-xdp *-vfio");
SEEN_TO_FAIL("7.3-devices-wp-skips-pinned", "C3", "*-iommufd");
BROKEN_BY("copies-exclusive",
	  "anon-io_uring thp_pte-io_uring zero-io_uring anon-rdma *-xdp *-vfio");
BROKEN_BY("close-leaves-wp", "anon-odirect anon-none zero-none");
VARIANTS("ALL", "io_uring");
VARIANTS("BRIEF shmem", "rdma");
VARIANTS("anon", "odirect");
VARIANTS("BRIEF shmem_private shmem zero", "none");
VARIANTS("anon thp_pte", "xdp vfio");
VARIANTS("anon thp_pte", "iommufd");

TEST_F(scene, close)
{
	pin(self);
	wp(self);
	close_uffd(self);
	cpu_write_pages(self, PARENT, PAGE(0));
	register_again(self);
	cpu_write(self, PARENT);
	device_write(self);
}
