// SPDX-License-Identifier: GPL-2.0-only
/*
 * Both sides have marks (EVENT_FORK), the shared page is moved: both keep them, and
 * a write by either is noticed by its own monitor.		(C2, C3, C4)
 */
#include "case.h"

CASE("write-protect, fork with EVENT_FORK, move: both keep their marks", "C2 C3 C4");
SEEN_TO_FAIL("7.3-migration-forgets-wp", "C4", "*-none");
SEEN_TO_FAIL("7.3-migrates-pinned", "C1", "*-io_uring");
KNOWN_BROKEN("5.9", "5.19", "C1", "6c287605fd56",
	     "do_wp_page() copies an exclusive page whenever page_count() != 1 (09854ba94c6a)",
	     "anon-io_uring thp-io_uring");
KNOWN_BROKEN("5.7", "6.1.26", "C4", "24bf08c4376b",
	     "a migration entry of a PMD has no mark, also if the page stays after all",
	     "thp-none");
KNOWN_BROKEN("5.19", "6.4", "C4", "5a2f8d22ace4",
	     "the early copy of a pinned hugetlb page drops the mark", "hugetlb-io_uring");
PATCHED("7.3-no-early-copy", "C1", "fork() shares pinned pages", "anon-io_uring thp-io_uring");
PATCHED("7.3-migrates-pinned", "C1", "pinned pages are migrated", "*-io_uring");
PATCHED("7.3-migration-forgets-wp", "C4", "a migration entry forgets the mark", "*-none");
PATCHED("7.3-split-forgets-wp", "C4", "the split of a PMD forgets the mark", "thp-*");

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
	migrate(self);
	child_write_under_wp(self, 0);
	write_under_wp(self, 0, UNPROTECT);
}
