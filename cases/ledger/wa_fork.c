// SPDX-License-Identifier: GPL-2.0-only
/*
 * As ledger/sd_fork, but with WP_ASYNC. With EVENT_FORK the child has a ledger of its
 * own, which begins with what is in the parent's. A write that breaks COW must clear the
 * uffd-wp bit as well.
 */
#include "case.h"

CASE("WP_ASYNC with EVENT_FORK: clear, write, fork, both write", "C2 C9");
SEEN_TO_FAIL("7.3-async-fork-marks", "C9",
	     "anon-none thp-none thp_pte-none shmem_private-none zero-none swapped-none "
	     "mthp-none file_private-none");
SEEN_TO_FAIL("7.3-async-write-keeps-mark", "C9",
	     "anon-* thp-* thp_pte-* shmem_private-none shmem-none zero-none swapped-none "
	     "mthp-none file_private-none");
SEEN_TO_FAIL("7.3-async-hugetlb-keeps-mark", "C9", "hugetlb-*");
VARIANTS("ALL swapped mthp file_private", "none");
VARIANTS("ANON hugetlb", "io_uring");
VARIANTS("anon", "rdma");

TEST_F(scene, wa_fork)
{
	ledger_open(self, WP_ASYNC | WP_EVENT_FORK);
	pin(self);
	ledger_clear(self);
	cpu_write_pages(self, PARENT, PAGE(0));
	fork_child(self);
	cpu_write_pages(self, CHILD, PAGE(1));
	ledger_clear(self);
	cpu_write(self, PARENT);
	cpu_write(self, CHILD);
}
