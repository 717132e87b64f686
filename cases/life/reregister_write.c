// SPDX-License-Identifier: GPL-2.0-only
/*
 * As life/reregister, but the process writes before anyone looks at the pages. Nobody
 * waits for notifications any more, so the write must not need one.
 *
 * hugetlb_wp() used to return 0 for every entry with a uffd-wp bit. A write to a hugetlb
 * page that had kept its bit faulted forever. v7.3 clears the bit in the fault, and
 * refuses the registration.
 */
#include "case.h"

CASE("write-protect, register without write-protect, write: the write ends", "C3 C4");
SEEN_TO_FAIL("6.1", "C3", "*");
BROKEN_BY("hugetlb-leftover-wp-hangs", "*");
VARIANTS("hugetlb", "io_uring");
VARIANTS("hugetlb_shared", "none");

TEST_F(scene, reregister_write)
{
	pin(self);
	wp(self);
	if (!reregister_missing_and_write(self)) {
		write_under_wp(self, 1, UNPROTECT);
		device_write(self);
		return;
	}
	device_write(self);
}
