// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reclaim is asked for pinned pages. They must stay, or come back as they were. With
 * FOLL_PIN reclaim refuses (feb889fb40fa, v5.11 and 5.10.9). With FOLL_GET the page
 * leaves the page table, and do_wp_page() used to copy it after it came back.
 */
#include "case.h"

CASE("pin, page out, read, write: pin and page table still agree", "C1");
SEEN_TO_FAIL("5.10", "C1", "anon-odirect*");
SEEN_TO_FAIL("7.3-reclaim-takes-pinned", "C1", "*-io_uring *-rdma anon-gup_ro");
NOT_SEEN_TO_FAIL("an on-demand MR has no pin: the control", "anon-rdma_odp");
SEEN_TO_FAIL("7.3-windows-reclaim-takes-pinned", "C1", "*-xdp *-io_uring_zcrx");
SEEN_TO_FAIL("7.3-devices-reclaim-takes-pinned", "C1", "*-vfio* *-iommufd*");
SEEN_TO_FAIL("7.3-devices-frames-untold", "C1", "*-kvm");
BROKEN_BY("swapout-in-flight-read-only", "anon-odirect*");
PATCHED("5.10-mapcount", "pass", "*");
VARIANTS("ANON swapped mthp thp_shared zero_huge", "io_uring");
VARIANTS("anon thp", "rdma");
VARIANTS("anon", "odirect odirect_bytes gup_ro rdma_odp");
VARIANTS("anon", "xdp vfio vfio_ro io_uring_zcrx");
VARIANTS("anon", "iommufd iommufd_ro iommufd_attach iommufd_copy");
VARIANTS("anon thp", "kvm");

TEST_F(scene, pageout_pinned)
{
	pin(self);
	pageout(self, false);
	cpu_read(self, PARENT);
	cpu_write(self, PARENT);
	device_write(self);
}
