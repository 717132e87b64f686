// SPDX-License-Identifier: GPL-2.0-only
/*
 * mprotect() gives an entry the rights of its mapping. One that is read-and-write protected must stay
 * without any, also when the mapping may be written again.
 */
#include "case.h"

CASE("read-and-write protect, mprotect read-only and back: an access is noticed", "C3 C4 C5");
SEEN_TO_FAIL("7.3-rwp-mprotect-gives-access", "C3", "*");
VARIANTS("anon thp thp_pte shmem hugetlb mthp", "none");

TEST_F(scene, mprotect)
{
	uffd_open(self, FOR_RWP);
	cpu_write(self, PARENT);
	wp(self);
	mprotect_ro(self);
	mprotect_rw(self);
	read_under_rwp(self, PARENT, 0);
	write_under_wp(self, 1, UNPROTECT);
}
