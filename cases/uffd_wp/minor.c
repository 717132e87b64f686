// SPDX-License-Identifier: GPL-2.0-only
/*
 * The page is in the page cache, and not mapped: whoever touches it waits until the monitor
 * has looked at it by another mapping and maps it by UFFDIO_CONTINUE. What is written then
 * must get into the file, and by MODE_WP it is noticed first.
 */
#include "case.h"

CASE("minor faults: one notification each, and CONTINUE maps what is in the page cache",
     "C0 C3 C4");
SEEN_TO_FAIL("7.3-minor-unnoticed", "C3", "*");
VARIANTS("shmem hugetlb_shared", "none");

TEST_F(scene, minor)
{
	uffd_open(self, WITH_MINOR);
	write_missing(self, 0, FILL_CONTINUE);
	read_missing(self, 1, FILL_CONTINUE_WP);
	write_under_wp(self, 1, UNPROTECT);
	write_missing(self, 1, FILL_CONTINUE_WP);
	cpu_write(self, PARENT);
}
