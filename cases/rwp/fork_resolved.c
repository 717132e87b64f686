// SPDX-License-Identifier: GPL-2.0-only
/*
 * The parent protects its pages, unprotects them and forks. The pages are writable again
 * and not protected, so fork() must make them read-only for both processes: the parent
 * writes, and the child must still read what was there. A version of the patch in review
 * checked whether an entry was writable only after it had changed the entry's protection
 * for the child.
 */
#include "case.h"

CASE("read-and-write protect, unprotect, fork: shared pages are copied on write", "C1 C2");
SEEN_TO_FAIL("7.3-dma-by-page-table", "C1", "*-io_uring");
SEEN_TO_FAIL("7.3-rwp-fork-keeps-write", "C2", "anon-none");
VARIANTS("anon", "none");
VARIANTS("anon thp_pte hugetlb", "io_uring");

TEST_F(scene, fork_resolved)
{
	uffd_open(self, FOR_RWP);
	pin(self);
	wp(self);
	unwp(self);
	fork_child(self);
	cpu_write(self, PARENT);
	device_write(self);
	cpu_write(self, CHILD);
}
