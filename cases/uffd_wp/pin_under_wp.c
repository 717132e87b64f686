// SPDX-License-Identifier: GPL-2.0-only
/*
 * Memory is pinned while it is write-protected. A pin for writing is a write. Either it
 * raises one notification per page before it exists, or it is refused with EFAULT and no
 * notification. Kernels refused it whose long-term pins could not wait (up to 6.1);
 * pin_user_pages(), which is the gup pin, still cannot. Afterwards C1 holds, or nothing
 * is pinned.
 */
#include "case.h"

CASE("pin write-protected memory: one notification per page, or EFAULT and no pin", "C1 C3 C7");
SEEN_TO_FAIL("7.3-gup-ignores-wp", "C7", "anon-gup");
SEEN_TO_FAIL("7.3-gup-ignores-wp", "C3",
	     "*-io_uring *-io_uring_pbuf *-io_uring_sqes *-rdma *-gup_fast");
SEEN_TO_FAIL("7.3-windows-gup-ignores-wp", "C7", "*-xdp");
SEEN_TO_FAIL("7.3-windows-gup-ignores-wp", "C3", "*-io_uring_zcrx");
SEEN_TO_FAIL("7.3-devices-gup-ignores-wp", "C7", "*-vfio");
SEEN_TO_FAIL("7.3-devices-gup-ignores-wp", "C3", "*-v4l2");
SEEN_TO_FAIL("7.3-devices-gup-ignores-wp", "C3", "*-iommufd*");
SEEN_TO_FAIL("7.3-iommufd-waits-not", "C7", "*-iommufd");
OBSERVES("pin_under_wp", "how the registration ends, and how many notifications it makes");
VARIANTS("ALL swapped mthp hugetlb_shared", "io_uring");
VARIANTS("BRIEF shmem", "rdma");
VARIANTS("anon", "gup");
VARIANTS("anon hugetlb", "gup_fast");
VARIANTS("anon", "xdp vfio v4l2 io_uring_pbuf io_uring_sqes io_uring_zcrx");
VARIANTS("anon", "iommufd iommufd_attach iommufd_copy");

TEST_F(scene, pin_under_wp)
{
	wp(self);
	if (!pin_write_protected(self)) {
		unwp(self);
		cpu_write(self, PARENT);
		return;
	}
	cpu_write(self, PARENT);
	device_write(self);
	wp(self);
}
