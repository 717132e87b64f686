// SPDX-License-Identifier: GPL-2.0-only
/*
 * Pin, write-protect, fork, and the child exits before anybody writes. After
 * unprotecting, the parent and the pin must still have the same page.
 */
#include "case.h"

CASE("pin, write-protect, fork, child exits, unprotect, parent writes", "C1 C2 C4");
SEEN_TO_FAIL("5.10", "C1", "*-rdma anon-io_uring thp-io_uring thp_pte-* zero-io_uring");
SEEN_TO_FAIL("6.1", "C4", "hugetlb-none");
SEEN_TO_FAIL("7.3-no-early-copy", "C1", "shmem_private-io_uring");
SEEN_TO_FAIL("7.3-unwp-grants-write", "C1", "zero-none");
SEEN_TO_FAIL("7.3-unwp-grants-write", "C2", "shmem_private-none");
SEEN_TO_FAIL("7.3-fork-keeps-marks", "C4", "anon-none thp-none");
BROKEN_BY("copies-exclusive", "*-rdma anon-io_uring thp-io_uring thp_pte-* zero-io_uring");
BROKEN_BY("hugetlb-fork-copies-wp", "hugetlb-none");
PATCHED("5.10-mapcount 5.10-pte-only", "pass", "*");
VARIANTS("ANON shmem_private zero", "io_uring");
VARIANTS("anon thp", "rdma");
VARIANTS("BRIEF shmem_private zero", "none");

TEST_F(scene, wp_child_gone)
{
	pin(self);
	wp(self);
	fork_child(self);
	child_exit(self);
	unwp(self);
	cpu_write(self, PARENT);
	device_write(self);
}
