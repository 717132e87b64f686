// SPDX-License-Identifier: GPL-2.0-only
/*
 * mprotect(PROT_NONE) and back. Meanwhile nobody may look by CPU, but the device
 * goes on writing to what it has pinned; afterwards all agree, and the mark of
 * write-protected pages is still there: the next write is noticed. (C1, C3, C4, C5)
 */
#include "case.h"

CASE("PROT_NONE and back: pin and page together, marks kept", "C1 C3 C4 C5");
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
