// SPDX-License-Identifier: GPL-2.0-only
/*
 * Without EVENT_REMAP, mremap() ends the registration and must clear the uffd-wp bits.
 * The new place is registered, but not protected, so writes must go through. The pin
 * must stay with its page. The second round moves to an address where a THP cannot be
 * mapped, so the huge page is split on the way.
 *
 * The uffd-wp bits used to move along (CVE-2025-21696).
 */
#include "case.h"

CASE("pin, write-protect, mremap: no uffd-wp bit moves along, and the pin agrees", "C1 C3 C4");
SEEN_TO_FAIL("7.3-unpin-keeps-reference", "C8", "shmem-io_uring");
SEEN_TO_FAIL("7.3-remap-counts-nothing 7.3-protect-counts-nothing", "C8", "*");
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
