// SPDX-License-Identifier: GPL-2.0-only
/*
 * Pin memory while it is write-protected. A pin for writing is a write: either
 * it asks the monitor, once a page, before it exists, or it is refused with
 * EFAULT and no notification, which is what kernels did whose long-term pins
 * could not wait (up to 6.1). Afterwards C1 holds, or nothing is pinned. (C3, C7)
 */
#include "case.h"

CASE("pin what is write-protected: one notification a page, or EFAULT and nothing pinned", "C1 C3 "
											   "C7");
SEEN_TO_FAIL("none to be had here: 5.10 and 6.1 refuse with EFAULT, later ones ask; none "
	     "pins past the mark");

VARIANTS_ALL(io_uring);
VARIANTS_ALL(rdma);

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
