// SPDX-License-Identifier: GPL-2.0-only
/*
 * P: write-protect; UFFDIO_REGISTER the same range for missing pages only; P
 * writes. Nobody waits for a notification any more, so none may be needed.
 *
 * From v5.19 to v7.2 a write to a hugetlb page whose mark was left behind
 * faulted for ever: hugetlb_wp() returned 0 for whatever has the mark. v7.3
 * clears it in the fault, and refuses the registration.	(C3, C4)
 */
#include "case.h"

CASE("write-protect, register without write-protect, write: it ends", "C3 C4");
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
