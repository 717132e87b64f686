// SPDX-License-Identifier: GPL-2.0-only
/*
 * mprotect(PROT_NONE) and back. In between the CPU has no access, but the device still
 * writes to what it has pinned. Afterwards everyone must see the same, and
 * write-protected pages must still have the uffd-wp bit: the next write raises a
 * notification.
 */
#include "case.h"

CASE("PROT_NONE and back: pin and page table agree, and the uffd-wp bits stay", "C1 C3 C4 C5");
SEEN_TO_FAIL("7.3-prot-none-forgets-wp", "C4", "*");
BROKEN_BY("copies-exclusive", "anon-[!n]* thp-[!n]* thp_pte-[!n]* zero-[!n]*");
VARIANTS("ALL hugetlb_shared mthp", "io_uring");
VARIANTS("BRIEF", "rdma");
VARIANTS("BRIEF shmem_private shmem zero", "none");

TEST_F(scene, prot_none)
{
	pin(self);
	wp_pages(self, PAGE(1));
	mprotect_none(self);
	cpu_write_refused(self, 0);
	device_write(self);
	mprotect_rw(self);
	marks_stay(self);
	cpu_write_pages(self, PARENT, PAGE(0));
	write_under_wp(self, 1, UNPROTECT);
	device_write(self);
}
