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
BROKEN_BY("unregister-leaves-wp", "anon-* thp_pte-* thp-none zero-none swapped-none");

VARIANTS("BRIEF shmem_private shmem zero swapped mthp hugetlb_shared", "none");
VARIANTS("anon thp_pte hugetlb", "io_uring");

TEST_F(scene, unregister_again)
{
	pin(self);
	wp(self);
	unregister(self);
	register_again(self);
	cpu_write(self, PARENT);
	device_write(self);
}
