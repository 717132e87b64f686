// SPDX-License-Identifier: GPL-2.0-only
/*
 * P: write-protect; fork; unregister; P writes, C writes. The page is shared,
 * so taking the protection away must not make it writable: each write is
 * copied.							(C2, C5)
 */
#include "case.h"

CASE("write-protect, fork, unregister: what is shared is still copied", "C2 C5");
SEEN_TO_FAIL("7.3-unregister-keeps-wp", "C4", "*");
KNOWN_BROKEN("5.9", "5.19", "C1", "6c287605fd56",
	     "do_wp_page() copies an exclusive page whenever page_count() != 1 (09854ba94c6a)",
	     "anon-io_uring thp-io_uring thp_pte-io_uring");
KNOWN_BROKEN("5.19", "6.4", "C4", "5a2f8d22ace4",
	     "fork() copies the mark of a hugetlb page to a child that is not registered",
	     "hugetlb-none");
PATCHED("7.3-unwp-grants-write", "C1", "unprotecting makes writable whatever it is", "zero-none");
PATCHED("7.3-unwp-grants-write", "C2", "unprotecting makes writable whatever it is",
	"anon-none thp-none hugetlb-none shmem_private-none");
PATCHED("7.3-unregister-keeps-wp", "C4", "unregistering leaves the marks, and so does closing",
	"*");
PATCHED("7.3-fork-keeps-marks", "C4", "fork() copies the marks to a child that is not registered",
	"anon-none thp-none hugetlb-none");

VARIANT_NOPIN(anon);
VARIANT_NOPIN(thp);
VARIANT_NOPIN(hugetlb);
VARIANT_NOPIN(shmem_private);
VARIANT_NOPIN(zero);
VARIANT_NOPIN(swapped);
VARIANTS_PRIVATE(io_uring);

TEST_F(scene, unregister_shared)
{
	pin(self);
	wp(self);
	fork_child(self);
	unregister(self);
	cpu_write(self, PARENT);
	device_write(self);
	cpu_write(self, CHILD);
}
