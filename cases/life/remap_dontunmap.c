// SPDX-License-Identifier: GPL-2.0-only
/*
 * P: pin; write-protect; mremap() with MREMAP_DONTUNMAP. The pages go, with
 * their pin and without their marks; the old place stays, empty, and what is
 * written there is its own.					(C1, C2, C3, C4)
 */
#include "case.h"

CASE("MREMAP_DONTUNMAP: the pages go with their pin and without their marks", "C1 C2 C3 C4");
NOT_SEEN_TO_FAIL("not yet", "*");

VARIANTS_ANON(io_uring);
VARIANT(shmem_private, io_uring);
VARIANT(shmem, io_uring);
VARIANT(anon, rdma);
VARIANT_NOPIN(anon);
VARIANT_NOPIN(thp);
VARIANT_NOPIN(shmem);
VARIANT_NOPIN(zero);

TEST_F(scene, remap_dontunmap)
{
	pin(self);
	wp(self);
	remap(self, REMAP_DONTUNMAP);
	register_again(self);
	cpu_write(self, PARENT);
	device_write(self);
}
