// SPDX-License-Identifier: GPL-2.0-only
/*
 * Pin, write-protect, fork, unprotect, and the parent writes first. The early copy
 * belongs to the child and has no uffd-wp bit (no EVENT_FORK). Unprotecting must not
 * separate the parent from the pin.
 */
#include "case.h"

CASE("pin, write-protect, fork, unprotect, parent writes first", "C1 C2 C4");
SEEN_TO_FAIL("5.10", "C1",
	     "anon-io_uring anon-rdma thp-io_uring thp-rdma thp_pte-* zero-io_uring swapped-*");
SEEN_TO_FAIL("6.1", "C4", "hugetlb-none");
SEEN_TO_FAIL("7.3-no-early-copy", "C1",
	     "hugetlb-io_uring shmem_private-io_uring hugetlb-rdma mthp-io_uring");
SEEN_TO_FAIL("7.3-unwp-grants-write", "C1", "zero-none");
SEEN_TO_FAIL("7.3-unwp-grants-write", "C2", "anon-none thp-none shmem_private-none");
BROKEN_BY("copies-exclusive",
	  "anon-io_uring anon-rdma thp-io_uring thp-rdma thp_pte-* zero-io_uring swapped-*");
BROKEN_BY("hugetlb-fork-copies-wp", "hugetlb-none");
PATCHED("5.10-mapcount 5.10-pte-only", "pass", "*");
VARIANTS("PRIVATE zero swapped mthp", "io_uring");
VARIANTS("BRIEF", "rdma");
VARIANTS("BRIEF shmem_private zero", "none");

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
