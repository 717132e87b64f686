// SPDX-License-Identifier: GPL-2.0-only
/*
 * Under read-and-write protect (v7.3) a read raises one notification, and so does a
 * write. Afterwards the page is accessible as before.
 */
#include "case.h"

CASE("read-and-write protect: a read and a write raise one notification each", "C3 C4");
SEEN_TO_FAIL("7.3-rwp-read-unnoticed", "C3", "*");
VARIANTS("BRIEF shmem shmem_private zero swapped hugetlb_shared", "none");

TEST_F(scene, access)
{
	uffd_open(self, FOR_RWP);
	wp(self);
	read_under_rwp(self, PARENT, 0);
	write_under_wp(self, 1, UNPROTECT);
	cpu_write_pages(self, PARENT, PAGE(0));
	unwp(self);
	cpu_write(self, PARENT);
}
