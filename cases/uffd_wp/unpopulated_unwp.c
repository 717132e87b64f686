// SPDX-License-Identifier: GPL-2.0-only
/*
 * Write-protect of memory where nothing is leaves PTE markers, if that was asked for. To
 * unprotect it must drop them: a write raises no notification any more.
 */
#include "case.h"

CASE("write-protect unpopulated memory, unprotect: a write raises no notification", "C3 C4");
SEEN_TO_FAIL("7.3-unwp-keeps-markers", "C4", "*");
VARIANTS("unpopulated shmem_fallocated hugetlb_hole", "none");

TEST_F(scene, unpopulated_unwp)
{
	uffd_open(self, WP_UNPOPULATED);
	wp(self);
	unwp(self);
	cpu_write(self, PARENT);
	wp(self);
	write_under_wp(self, 0, UNPROTECT);
}
