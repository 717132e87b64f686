// SPDX-License-Identifier: GPL-2.0-only
/*
 * A pin for writing of a read-only mapping is refused with EFAULT, and holds nothing; the mapping
 * stays read-only, and made writable it is pinned as any. A camera's buffers were pinned by force
 * (FOLL_FORCE, which is for debuggers): what the process may only read, the device could write.
 */
#include "case.h"

CASE("pin a read-only mapping for writing: EFAULT, and nothing is pinned", "C1 C5 C7");
SEEN_TO_FAIL("5.10", "C7", "anon-v4l2");
SEEN_TO_FAIL("7.3-windows-pin-forces-readonly", "C7", "*-io_uring* *-rdma *-xdp");
SEEN_TO_FAIL("7.3-devices-pin-forces-readonly", "C7", "*-vfio *-iommufd*");
BROKEN_BY("v4l2-forced", "*-v4l2");
VARIANTS("anon", "io_uring io_uring_pbuf io_uring_sqes io_uring_zcrx rdma xdp vfio v4l2");
VARIANTS("anon", "iommufd iommufd_attach iommufd_copy");

TEST_F(scene, readonly_map)
{
	mprotect_ro(self);
	pin_refused(self);
	cpu_write_refused(self, 1);
	mprotect_rw(self);
	pin(self);
	cpu_write(self, PARENT);
}
