// SPDX-License-Identifier: GPL-2.0-only
/*
 * UFFDIO_REGISTER of a write-protected range for missing pages only ends
 * write-protect. No uffd-wp bit may stay, or the next registration for write-protect
 * would find it. The kernel may also refuse with EBUSY, as v7.3 does. Then nothing may
 * change.
 *
 * From f45ec5ff16a7 on the bits used to stay.
 */
#include "case.h"

CASE("write-protect, register without write-protect: no uffd-wp bit stays, or EBUSY", "C3 C4");
SEEN_TO_FAIL("6.1", "C4", "*");
BROKEN_BY("reregister-leaves-wp", "*");
VARIANTS("BRIEF shmem_private shmem zero swapped hugetlb_shared", "none");
VARIANTS("anon hugetlb", "io_uring");

TEST_F(scene, reregister)
{
	pin(self);
	wp(self);
	if (!reregister_missing(self)) {
		write_under_wp(self, 1, UNPROTECT);
		device_write(self);
		return;
	}
	register_again(self);
	cpu_write(self, PARENT);
	device_write(self);
}
