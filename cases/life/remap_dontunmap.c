// SPDX-License-Identifier: GPL-2.0-only
/*
 * P: pin; write-protect; mremap() with MREMAP_DONTUNMAP. The pages go, with
 * their pin and without their marks; the old place stays, empty, and what is
 * written there is its own.					(C1, C2, C3, C4)
 */
#include "case.h"

CASE("MREMAP_DONTUNMAP: the pages go with their pin and without their marks", "C1 C2 C3 C4");
SEEN_TO_FAIL("7.3-dontunmap-keeps-uffd", "C4", "*");
SEEN_TO_FAIL("7.3-mremap-keeps-wp", "C4", "*");
KNOWN_BROKEN("5.7", "6.1.191", "C3", "0cef0bb836e3", "mremap() takes the marks along",
	     "anon-* thp-* thp_pte-io_uring zero-none");
KNOWN_BROKEN("6.2", "6.12.11", "C4", "0cef0bb836e3", "mremap() takes the marks along",
	     "anon-* thp-* thp_pte-io_uring zero-none");
PATCHED("7.3-dma-by-page-table", "C1", "io_uring goes by the page table, not by the pin",
	"anon-io_uring thp-io_uring thp_pte-io_uring");
PATCHED("7.3-dma-by-page-table", "C2", "io_uring goes by the page table, not by the pin",
	"shmem_private-io_uring");
PATCHED("7.3-mremap-keeps-wp", "C4", "mremap() takes the marks along", "*");

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
