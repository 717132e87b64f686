// SPDX-License-Identifier: GPL-2.0-only
/*
 * Who has a userfaultfd for faults in user mode only is not told of a pin, which faults in the
 * kernel: it is refused with EFAULT, holds nothing, and the marks stay. Unprotected, the memory
 * is pinned as any.
 */
#include "case.h"

CASE("UFFD_USER_MODE_ONLY: write-protected memory cannot be pinned, and nothing is left of it",
     "C1 C3 C4 C7");
SEEN_TO_FAIL("7.3-user-mode-ignored", "C7", "*-io_uring *-rdma");
SEEN_TO_FAIL("7.3-devices-gup-ignores-wp", "C7", "*-vfio *-iommufd");
OBSERVES("pin_under_wp", "how the registration ends, and how many notifications it makes");
VARIANTS("anon hugetlb", "io_uring rdma");
VARIANTS("anon", "vfio");
VARIANTS("anon", "iommufd");

TEST_F(scene, user_mode_pin)
{
	uffd_open(self, USER_MODE);
	wp(self);
	pin_write_protected(self);
	write_under_wp(self, 0, UNPROTECT);
	unwp(self);
	pin(self);
	cpu_write(self, PARENT);
	device_write(self);
}
