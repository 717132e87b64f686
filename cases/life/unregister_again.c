// SPDX-License-Identifier: GPL-2.0-only
/*
 * P: write-protect; unregister; register again, protect nothing; P writes:
 * nothing may stop it.
 *
 * Up to v5.19 UFFDIO_UNREGISTER left the marks in the page table, and the
 * next registration found them there: a notification for a write that nobody
 * asked about. Fixed by f369b07c8614 (v6.0).			(C3, C4)
 */
#include "case.h"

CASE("write-protect, unregister, register again: no mark is left, no notification comes", "C3 C4");
SEEN_TO_FAIL("7.3-unregister-keeps-wp", "C4", "*");
KNOWN_BROKEN("5.7", "6.0", "C3", "f369b07c8614", "unregistering leaves the marks in the page table",
	     "anon-* thp_pte-* thp-none zero-none swapped-none");
PATCHED("7.3-unwp-grants-write", "C1", "unprotecting makes writable whatever it is", "zero-none");
PATCHED("7.3-unwp-grants-write", "C2", "unprotecting makes writable whatever it is",
	"shmem_private-none");
PATCHED("7.3-unregister-keeps-wp", "C4", "unregistering leaves the marks, and so does closing",
	"*");

VARIANT_NOPIN(anon);
VARIANT_NOPIN(thp);
VARIANT_NOPIN(hugetlb);
VARIANT_NOPIN(shmem_private);
VARIANT_NOPIN(shmem);
VARIANT_NOPIN(zero);
VARIANT_NOPIN(swapped);
VARIANT_NOPIN(mthp);
VARIANT_NOPIN(hugetlb_shared);
VARIANT(anon, io_uring);
VARIANT(thp_pte, io_uring);
VARIANT(hugetlb, io_uring);

TEST_F(scene, unregister_again)
{
	pin(self);
	wp(self);
	unregister(self);
	register_again(self);
	cpu_write(self, PARENT);
	device_write(self);
}
