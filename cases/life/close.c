// SPDX-License-Identifier: GPL-2.0-only
/*
 * P: pin; write-protect; close the uffd; P writes; register again by a new
 * one; P writes. The close takes the marks along: the pinned page is written
 * in place, and no mark waits for who registers next.
 *
 * Up to v6.8 the marks stayed (CVE-2024-36881). Fixed by c88033efe9a3 (v6.9,
 * and 6.1.191).						(C1, C3, C4)
 */
#include "case.h"

CASE("pin, write-protect, close the uffd: no mark is left, and the pin agrees", "C1 C3 C4");
SEEN_TO_FAIL("7.3-close-keeps-wp", "C4", "*");
KNOWN_BROKEN("5.9", "5.19", "C1", "6c287605fd56",
	     "do_wp_page() copies an exclusive page whenever page_count() != 1 (09854ba94c6a)",
	     "anon-io_uring thp_pte-io_uring zero-io_uring anon-rdma");
KNOWN_BROKEN("5.7", "5.14", "C3", "c88033efe9a3",
	     "closing the uffd leaves the marks in the page table",
	     "anon-odirect anon-none zero-none");
KNOWN_BROKEN("5.14", "6.1.191", "C4", "c88033efe9a3",
	     "closing the uffd leaves the marks in the page table",
	     "anon-odirect anon-none zero-none");
KNOWN_BROKEN("6.2", "6.9", "C4", "c88033efe9a3",
	     "closing the uffd leaves the marks in the page table",
	     "anon-odirect anon-none zero-none");
PATCHED("7.3-unwp-grants-write", "C1", "unprotecting makes writable whatever it is", "zero-none");
PATCHED("7.3-unwp-grants-write", "C2", "unprotecting makes writable whatever it is",
	"shmem_private-none");
PATCHED("7.3-pin-skips-cow", "C1", "a pin for writing takes what is there",
	"shmem_private-io_uring");
PATCHED("7.3-pin-skips-cow", "C7", "a pin for writing takes what is there", "zero-io_uring");
PATCHED("7.3-close-keeps-wp", "C4", "closing a uffd leaves the marks", "*");
PATCHED("7.3-unregister-keeps-wp", "C4", "unregistering leaves the marks, and so does closing",
	"*");

VARIANTS_ALL(io_uring);
VARIANTS_BRIEF(rdma);
VARIANT(shmem, rdma);
VARIANT(anon, odirect);
VARIANT_NOPIN(anon);
VARIANT_NOPIN(thp);
VARIANT_NOPIN(hugetlb);
VARIANT_NOPIN(shmem_private);
VARIANT_NOPIN(shmem);
VARIANT_NOPIN(zero);

TEST_F(scene, close)
{
	pin(self);
	wp(self);
	close_uffd(self);
	cpu_write_pages(self, PARENT, PAGE(0));
	register_again(self);
	cpu_write(self, PARENT);
	device_write(self);
}
