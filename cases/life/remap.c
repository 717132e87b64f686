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

CASE("pin, write-protect, mremap: no mark moves along, and the pin agrees at the new place", "C1 "
											     "C3 "
											     "C4");
SEEN_TO_FAIL("7.3-unpin-keeps-reference", "C8", "shmem-io_uring shmem-rdma");
SEEN_TO_FAIL("7.3-mremap-keeps-wp", "C4", "*");
KNOWN_BROKEN("5.7", "6.1.191", "C3", "0cef0bb836e3", "mremap() takes the marks along",
	     "anon-* thp-* thp_pte-* zero-* swapped-*");
KNOWN_BROKEN("6.2", "6.12.11", "C4", "0cef0bb836e3", "mremap() takes the marks along",
	     "anon-* thp-* thp_pte-* zero-* swapped-*");
PATCHED("7.3-pin-skips-cow", "C1", "a pin for writing takes what is there",
	"shmem_private-io_uring");
PATCHED("7.3-pin-skips-cow", "C7", "a pin for writing takes what is there", "zero-io_uring");
PATCHED("7.3-dma-by-page-table", "C1", "io_uring goes by the page table, not by the pin",
	"*-io_uring");
PATCHED("7.3-mremap-keeps-wp", "C4", "mremap() takes the marks along", "*");

VARIANTS_ALL(io_uring);
VARIANT(hugetlb_shared, io_uring);
VARIANT(mthp, io_uring);
VARIANTS_BRIEF(rdma);
VARIANT(shmem, rdma);
VARIANT_NOPIN(anon);
VARIANT_NOPIN(thp);
VARIANT_NOPIN(hugetlb);
VARIANT_NOPIN(shmem_private);
VARIANT_NOPIN(shmem);
VARIANT_NOPIN(zero);
VARIANT_NOPIN(swapped);
VARIANT_NOPIN(hugetlb_shared);
VARIANT_NOPIN(mthp);

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
