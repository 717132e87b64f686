// SPDX-License-Identifier: GPL-2.0-only
/*
 * P: pin; write-protect; mremap() to elsewhere. Without EVENT_REMAP the
 * registration ends there, and the marks with it: P registers the new place,
 * protects nothing, and writes. The pin stays with its page. Once more, to
 * where a huge page cannot be, so that it is split on the way.
 *
 * Up to v6.12 the marks moved along (CVE-2025-21696). Fixed by 0cef0bb836e3
 * (v6.13; 6.12.11, 6.1.191).					(C1, C3, C4)
 */
#include "case.h"

CASE("pin, write-protect, mremap: no mark moves along, and the pin agrees at the new place",
	"C1 C3 C4");
NOT_SEEN_TO_FAIL("not yet", "*");

VARIANTS_ALL(io_uring);
VARIANTS_ALL(rdma);
VARIANT(hugetlb_shared, io_uring);
VARIANT(swapped, rdma);
VARIANT(mthp, io_uring);
VARIANTS_ALL_NOPIN;
VARIANT_NOPIN(swapped);
VARIANT_NOPIN(hugetlb_shared);
VARIANT_NOPIN(mthp);
VARIANT_NOPIN(zero_huge);
VARIANT_NOPIN(thp_remapped);
VARIANT(thp_one, io_uring);

TEST_F(scene, remap)
{
	pin(self);
	wp(self);
	remap(self, 0);
	register_again(self);
	cpu_write(self, PARENT);
	device_write(self);
	wp(self);
	remap(self, REMAP_ASKEW);
	register_again(self);
	cpu_write(self, PARENT);
	device_write(self);
}
