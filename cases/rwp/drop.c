// SPDX-License-Identifier: GPL-2.0-only
/*
 * P: read-and-write protect; MADV_DONTNEED. There is no marker of this
 * protection: what is dropped is as if it had never been protected, and stays
 * so when the range is registered for write-protect.
 *
 * A marker of write-protect was left where hugetlb or shared memory was
 * dropped. Fixed by "don't leave a uffd-wp marker when zapping an RWP entry"
 * (7.3.4).							(C3, C4)
 */
#include "case.h"

CASE("read-and-write protect, MADV_DONTNEED: no mark is left", "C3 C4");
SEEN_TO_FAIL("7.3-rwp-zap-leaves-marker", "C4", "hugetlb-none hugetlb_shared-none");

VARIANTS("hugetlb hugetlb_shared", "none");

TEST_F(scene, drop)
{
	uffd_open(self, FOR_RWP);
	wp(self);
	drop_pages(self, ALL_PAGES);
	cpu_write_pages(self, PARENT, PAGE(0));
	unregister(self);
	uffd_open(self, 0);
	cpu_write(self, PARENT);
}
