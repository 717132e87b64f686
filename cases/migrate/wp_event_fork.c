// SPDX-License-Identifier: GPL-2.0-only
/*
 * Parent and child both have uffd-wp bits (EVENT_FORK), and the shared page is migrated.
 * Both must keep them, and a write by either must raise a notification on its own uffd.
 */
#include "case.h"

CASE("write-protect, fork with EVENT_FORK, migrate: both keep their uffd-wp bits", "C2 C3 C4");
SEEN_TO_FAIL("7.3-migration-forgets-wp", "C4", "*-none");
SEEN_TO_FAIL("7.3-migrates-pinned", "C1", "*-io_uring");
BROKEN_BY("copies-exclusive", "anon-io_uring thp-io_uring");
BROKEN_BY_AS("thp-migration-forgets-wp", "C4", "thp-none");
BROKEN_BY("hugetlb-fork-copies-wp", "hugetlb-io_uring");
VARIANTS("PRIVATE mthp", "none");
VARIANTS("BRIEF", "io_uring");

TEST_F(scene, wp_event_fork)
{
	uffd_open(self, WP_EVENT_FORK);
	pin(self);
	wp(self);
	fork_child(self);
	migrate(self);
	child_write_under_wp(self, 0);
	write_under_wp(self, 0, UNPROTECT);
}
