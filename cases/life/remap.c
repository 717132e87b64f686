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
SEEN_TO_FAIL("7.3-unpin-keeps-reference", "C8", "shmem-io_uring shmem-rdma");
SEEN_TO_FAIL("7.3-mremap-keeps-wp", "C4", "*");
BROKEN_BY("mremap-keeps-wp", "anon-* thp-* thp_pte-* zero-* swapped-*");

VARIANTS("ALL hugetlb_shared mthp", "io_uring");
VARIANTS("BRIEF shmem", "rdma");
VARIANTS("BRIEF shmem_private shmem zero swapped hugetlb_shared mthp", "none");

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
