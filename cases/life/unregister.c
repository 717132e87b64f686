// SPDX-License-Identifier: GPL-2.0-only
/*
 * P: pin; write-protect; UFFDIO_UNREGISTER; P writes, D writes. What takes
 * the registration away takes the protection away, and the pinned page is as
 * exclusive as it was: it is written in place.
 *
 * Up to v5.18 do_wp_page() copied what is pinned (see uffd_wp/roundtrip), and
 * from v6.0 on unregistering changes the page table by itself (f369b07c8614):
 * a second way to "writable again", with the same rules.	(C1, C4, C5)
 */
#include "case.h"

CASE("pin, write-protect, unregister, write: pin and page table still agree", "C1 C4");
SEEN_TO_FAIL("7.3-unregister-keeps-wp", "C4", "*");
KNOWN_BROKEN("5.9", "5.19", "C1", "6c287605fd56",
	     "do_wp_page() copies an exclusive page whenever page_count() != 1 (09854ba94c6a)",
	     "anon-io_uring thp_pte-io_uring zero-io_uring anon-rdma swapped-io_uring "
	     "anon-odirect anon-rdma_ro");
PATCHED("7.3-unwp-grants-write", "C1", "unprotecting makes writable whatever it is", "zero-none");
PATCHED("7.3-unwp-grants-write", "C2", "unprotecting makes writable whatever it is",
	"shmem_private-none");
PATCHED("7.3-pin-skips-cow", "C1", "a pin for writing takes what is there",
	"shmem_private-io_uring swapped-io_uring");
PATCHED("7.3-pin-skips-cow", "C7", "a pin for writing takes what is there", "zero-io_uring");
PATCHED("7.3-unregister-keeps-wp", "C4", "unregistering leaves the marks, and so does closing",
	"*");

VARIANTS_ALL(io_uring);
VARIANT(swapped, io_uring);
VARIANT(hugetlb_shared, io_uring);
VARIANTS_BRIEF(rdma);
VARIANT(shmem, rdma);
VARIANT(anon, odirect);
VARIANT(anon, rdma_ro);
VARIANT_NOPIN(anon);
VARIANT_NOPIN(thp);
VARIANT_NOPIN(hugetlb);
VARIANT_NOPIN(shmem_private);
VARIANT_NOPIN(shmem);
VARIANT_NOPIN(zero);

TEST_F(scene, unregister)
{
	pin(self);
	wp(self);
	unregister(self);
	cpu_write(self, PARENT);
	device_write(self);
}
