// SPDX-License-Identifier: GPL-2.0-only
/*
 * UFFDIO_ZEROPAGE maps the zero page, which everyone shares. A pin must get a page of the
 * process's own instead, also if it is read-only, since it would go stale with the first
 * write.
 */
#include "case.h"

CASE("ZEROPAGE, then pin and write: the zero page stays zero", "C1 C2 C7");
SEEN_TO_FAIL("7.3-pin-skips-cow", "C7", "zero-io_uring");
SEEN_TO_FAIL("5.10 6.1", "C1", "*-vfio_ro");
BROKEN_BY("ro-pin-no-cow", "*-vfio_ro");
SEEN_TO_FAIL("7.3-no-unshare", "C1", "*-gup_ro* *-rdma_ro");
SEEN_TO_FAIL("7.3-windows-pin-skips-cow", "C7", "*-xdp");
SEEN_TO_FAIL("7.3-devices-pin-skips-cow", "C7", "*-vfio *-iommufd *-iommufd_attach *-iommufd_copy");
SEEN_TO_FAIL("7.3-devices-no-unshare", "C1", "*-iommufd_ro");
VARIANTS("zero", "io_uring gup_ro gup_ro_fast rdma_ro vfio vfio_ro xdp");
VARIANTS("zero", "iommufd iommufd_ro iommufd_attach iommufd_copy");

TEST_F(scene, zeropage_then_pin)
{
	uffd_open(self, WITH_MISSING);
	fill(self, ALL_PAGES, FILL_ZEROPAGE);
	pin(self);
	cpu_write(self, PARENT);
	device_write(self);
}
