// SPDX-License-Identifier: GPL-2.0-only
/*
 * Read-and-write protect has no PTE marker. A page that MADV_DONTNEED drops must be as if
 * never protected, also when the range is registered for write-protect later.
 *
 * Where hugetlb or shared memory was dropped, a PTE marker of write-protect was left.
 * Fixed by "don't leave a uffd-wp marker when zapping an RWP entry" (7.3.4).
 */
#include "case.h"

CASE("read-and-write protect, MADV_DONTNEED: no protection is left", "C3 C4");
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
