// SPDX-License-Identifier: GPL-2.0-only
/*
 * Memory that is a device (device-dax: persistent memory, CXL) is what virtual machines and RDMA are
 * given, and may be pinned for long: no file system waits for it. Its pages are of ZONE_DEVICE, and
 * all of them "reserved".
 */
#include "case.h"

CASE("memory that is a device is pinned, written by device, parent and child, and given back",
     "C1 C7 C8");
SEEN_TO_FAIL("5.10 6.1 6.12 6.16 6.17 6.18 7.2 7.3", "C8", "*-vfio *-vfio_ro");
SEEN_TO_FAIL("6.17 6.18", "C8", "*-odirect_bytes");
NOT_SEEN_TO_FAIL("no kernel was found that takes such memory from the others: controls", "*");
BROKEN_BY("devdax-tails-unset", "*-odirect_bytes");
BROKEN_BY("vfio-keeps-device-pins", "*-vfio *-vfio_ro");
VARIANTS("devdax", "io_uring rdma rdma_ro xdp vfio vfio_ro iommufd odirect odirect_bytes kvm");

TEST_F(scene, devdax)
{
	pin(self);
	device_write(self);
	cpu_write(self, PARENT);
	fork_child(self);
	cpu_write(self, CHILD);
	child_exit(self);
	cpu_write(self, PARENT);
	unpin(self);
	cpu_read(self, PARENT);
}
