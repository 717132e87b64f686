// SPDX-License-Identifier: GPL-2.0-only
/*
 * Memory that a device may only read, in a writable mapping: the IOMMU is all that keeps the
 * device from writing. Its write must not get through, before or after the CPU's.
 */
#include "case.h"

CASE("a device writes to what it may only read: refused, and nothing changes", "C1 C5");
SEEN_TO_FAIL("7.3-iommufd-read-writes", "C5", "*-iommufd_ro");
NOT_SEEN_TO_FAIL("no kernel was found that lets it; the lie map-dma-writable does", "*-vfio_ro");
VARIANTS("anon hugetlb", "vfio_ro");
VARIANTS("anon hugetlb", "iommufd_ro");

TEST_F(scene, ro_dma)
{
	pin(self);
	device_write_refused(self, 1);
	cpu_write(self, PARENT);
	device_write_refused(self, 0);
	cpu_write(self, PARENT);
}
