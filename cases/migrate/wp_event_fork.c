// SPDX-License-Identifier: GPL-2.0-only
/*
 * Both sides have marks (EVENT_FORK), the shared page is moved: both keep them, and
 * a write by either is noticed by its own monitor.		(C2, C3, C4)
 */
#include "case.h"

CASE("write-protect, fork with EVENT_FORK, move: both keep their marks", "C2 C3 C4");

VARIANT_NOPIN(anon);
VARIANT_NOPIN(thp);
VARIANT_NOPIN(thp_pte);
VARIANT_NOPIN(hugetlb);
VARIANT_NOPIN(shmem_private);
VARIANT_NOPIN(mthp);
VARIANT(anon, io_uring);
VARIANT(thp, io_uring);
VARIANT(hugetlb, io_uring);

TEST_F(scene, wp_event_fork)
{
	uffd_open(self, WP_EVENT_FORK);
	pin(self);
	wp(self);
	fork_child(self);
	migrate(self, MUST_GO);
	child_write_under_wp(self, 0);
	write_under_wp(self, 0, UNPROTECT);
}
