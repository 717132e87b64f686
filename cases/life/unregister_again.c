// SPDX-License-Identifier: GPL-2.0-only
/*
 * Unregistering must clear the uffd-wp bits. After a new registration nothing is
 * protected, so a write must not raise a notification.
 *
 * UFFDIO_UNREGISTER used to leave the bits in the page table for the next registration.
 */
#include "case.h"

CASE("write-protect, unregister, register again: no uffd-wp bit, no notification", "C3 C4");
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
