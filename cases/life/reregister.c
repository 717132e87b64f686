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
/* Before fb8e37f35a2f (v5.14) pagemap does not show marks: only the write tells. */
KNOWN_BROKEN("5.7", "5.14", "C3", "", "UFFDIO_REGISTER that drops write-protect leaves the marks",
	     "anon-* thp-none zero-none swapped-none");
KNOWN_BROKEN("5.14", "7.3", "C4", "", "UFFDIO_REGISTER that drops write-protect leaves the marks",
	     "*");

VARIANT_NOPIN(anon);
VARIANT_NOPIN(thp);
VARIANT_NOPIN(hugetlb);
VARIANT_NOPIN(shmem_private);
VARIANT_NOPIN(shmem);
VARIANT_NOPIN(zero);
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
