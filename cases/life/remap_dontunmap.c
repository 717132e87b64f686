// SPDX-License-Identifier: GPL-2.0-only
/*
 * MREMAP_DONTUNMAP moves the pages with their pin, but without their uffd-wp bits. The
 * old mapping stays, empty. What is written there must not be seen at the new place.
 */
#include "case.h"

CASE("MREMAP_DONTUNMAP: the pages move with their pin, without their uffd-wp bits", "C1 C2 C3 C4");
SEEN_TO_FAIL("7.3-dontunmap-keeps-uffd", "C4", "*");
SEEN_TO_FAIL("7.3-mremap-keeps-wp", "C4", "*");
BROKEN_BY("mremap-keeps-wp", "anon-* thp-* thp_pte-io_uring zero-none");
VARIANTS("ANON shmem_private shmem", "io_uring");
VARIANTS("anon", "rdma");
VARIANTS("anon thp shmem zero", "none");

TEST_F(scene, remap_dontunmap)
{
	pin(self);
	wp(self);
	remap(self, REMAP_DONTUNMAP);
	register_again(self);
	cpu_write(self, PARENT);
	device_write(self);
}
