// SPDX-License-Identifier: GPL-2.0-only
/*
 * Pin, write-protect, fork, unprotect, and the parent writes first: the early
 * copy is the child's, without a mark (no EVENT_FORK), and unprotecting must not
 * part the parent from the pin.					(C1, C2, C4)
 */
#include "case.h"

CASE("pin, write-protect, fork, unprotect, parent writes first", "C1 C2 C4");
SEEN_TO_FAIL("Debian 5.10.262: anon thp thp_pte zero by io_uring rdma; Debian 6.1.192: "
	     "hugetlb");
KNOWN_BROKEN("5.9", "5.19", "6c287605fd56",
	     "do_wp_page() copies an exclusive page whenever page_count() != 1 (09854ba94c6a)",
	     "anon-io_uring anon-rdma thp_pte-io_uring thp_pte-rdma thp-io_uring thp-rdma "
	     "zero-io_uring zero-rdma");
KNOWN_BROKEN("5.19", "6.4", "5a2f8d22ace4",
	     "fork() copies the mark of a hugetlb page to a child that is not registered",
	     "hugetlb-none");

VARIANTS_ALL(io_uring);
VARIANTS_ALL(rdma);
VARIANTS_ALL_NOPIN;

TEST_F(scene, wp_parent_first)
{
	pin(self);
	wp(self);
	fork_child(self);
	unwp(self);
	cpu_write(self, PARENT);
	device_write(self);
	cpu_write(self, CHILD);
	child_exit(self);
	cpu_write(self, PARENT);
}
