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
NOT_SEEN_TO_FAIL("not yet", "*");

VARIANTS_ALL_NOPIN;
VARIANT_NOPIN(swapped);
VARIANT_NOPIN(hugetlb_shared);
VARIANT(anon, io_uring);
VARIANT(hugetlb, io_uring);

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
