// SPDX-License-Identifier: GPL-2.0-only
/*
 * P: write-protect; UFFDIO_REGISTER the same range for missing pages only.
 * Then nothing is write-protected any more, and no mark may say so: it would
 * greet the next registration for write-protect.
 *
 * Up to v7.2 the marks stayed (f45ec5ff16a7, v5.7). v7.3 refuses with EBUSY,
 * and all is as it was.					(C3, C4)
 */
#include "case.h"

CASE("write-protect, register without write-protect: the marks go, or it is refused", "C3 C4");
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
