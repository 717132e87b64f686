// SPDX-License-Identifier: GPL-2.0-only
/*
 * A device is not a CPU: DMA through an existing pin raises no notification, and the
 * uffd-wp bit stays. Snapshots of pinned memory by write-protect are therefore not safe
 * against DMA. No kernel does it otherwise, and none promises to.
 */
#include "case.h"

OBSERVATION("a device write under write-protect: no notification, the uffd-wp bit stays",
	    "C1 C4 C6");
SEEN_TO_FAIL("7.3-pin-skips-cow", "C2", "shmem_private-rdma");
SEEN_TO_FAIL("7.3-dma-by-page-table", "C4", "*-io_uring");
SEEN_TO_FAIL("7.3-windows-wp-skips-pinned", "C3", "*-xdp *-io_uring_zcrx");
SEEN_TO_FAIL("7.3-devices-wp-skips-pinned", "C3", "*-vfio *-v4l2 *-udmabuf *-iommufd*");
VARIANTS("ALL", "io_uring rdma");
VARIANTS("anon", "odirect vfio xdp v4l2 io_uring_zcrx");
VARIANTS("anon", "iommufd");
VARIANTS("shmem", "udmabuf");
VARIANTS("shmem", "iommufd_file");

TEST_F(scene, dma_under_wp)
{
	pin(self);
	wp(self);
	device_write(self);
	marks_stay(self);
}
