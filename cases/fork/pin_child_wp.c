// SPDX-License-Identifier: GPL-2.0-only
/*
 * The parent's memory is write-protected by userfaultfd. The child did not inherit that
 * (no EVENT_FORK) and pins for writing. This must cause no fault notification and must
 * not wait for a monitor, and the child must get its own page. The parent's uffd-wp bits
 * must stay.
 */
#include "case.h"

CASE("a child of a write-protected parent pins: no notification, no uffd-wp bit", "C2 C3 C4");
SEEN_TO_FAIL("7.3-fork-keeps-marks", "C4", "anon-* thp-* thp_pte-* hugetlb-* mthp-io_uring");
SEEN_TO_FAIL("7.3-pin-skips-cow", "C1", "anon-* thp-* thp_pte-* hugetlb-* shmem_private-* mthp-*");
SEEN_TO_FAIL("7.3-unwp-grants-write", "C3", "zero-io_uring");
BROKEN_BY("hugetlb-fork-copies-wp", "hugetlb-*");
VARIANTS("PRIVATE zero mthp", "io_uring");
VARIANTS("BRIEF", "rdma");

TEST_F(scene, pin_child_wp)
{
	int own;

	wp(self);
	fork_child(self);
	own = pin_again(self, CHILD, ALL_PAGES);
	device_write_by(self, own);
	marks_stay(self);
	cpu_write(self, CHILD);
	write_under_wp(self, 1, UNPROTECT);
	child_exit(self);
	write_under_wp(self, 0, UNPROTECT);
}
