// SPDX-License-Identifier: GPL-2.0-only
/*
 * Pin memory while it is write-protected. A pin for writing is a write: either
 * it asks the monitor, once a page, before it exists, or it is refused with
 * EFAULT and no notification, which is what kernels did whose long-term pins
 * could not wait (up to 6.1; pin_user_pages(), i.e. gup, cannot to this day).
 * Afterwards C1 holds, or nothing is pinned.			(C3, C7)
 */
#include "case.h"

CASE("pin what is write-protected: one notification a page, or EFAULT and nothing pinned", "C1 C3 "
											   "C7");
SEEN_TO_FAIL("7.3-gup-ignores-wp", "C7", "anon-gup");
SEEN_TO_FAIL("7.3-gup-ignores-wp", "C3", "*-io_uring *-rdma *-gup_fast");
OBSERVES("pin_under_wp", "how the registration ends, and how many notifications it makes");

VARIANTS("ALL swapped mthp hugetlb_shared", "io_uring");
VARIANTS("BRIEF shmem", "rdma");
VARIANTS("anon", "gup");
VARIANTS("anon hugetlb", "gup_fast");

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
