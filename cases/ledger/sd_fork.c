// SPDX-License-Identifier: GPL-2.0-only
/*
 * fork() makes all pages read-only and shares them. The parent's soft-dirty bits must
 * stay, and the child must have the same ones, also for pages that were copied early
 * because of a pin. From then on each process has its own.
 */
#include "case.h"

CASE("soft-dirty: clear, write, fork, both write", "C2 C9");
SEEN_TO_FAIL("7.3-fork-forgets-soft-dirty", "C9",
	     "anon-none thp-none thp_pte-none shmem_private-none zero-none swapped-none "
	     "mthp-none file_private-none hugetlb-none");
SEEN_TO_FAIL("7.3-write-forgets-soft-dirty", "C9", "*");
BROKEN_BY("hugetlb-no-soft-dirty", "hugetlb*");
VARIANTS("ALL swapped mthp file_private", "none");
VARIANTS("ANON", "io_uring");
VARIANTS("anon", "rdma");

TEST_F(scene, sd_fork)
{
	ledger_open(self, SOFT_DIRTY);
	pin(self);
	ledger_clear(self);
	cpu_write_pages(self, PARENT, PAGE(0));
	fork_child(self);
	cpu_write_pages(self, CHILD, PAGE(1));
	ledger_clear(self);
	cpu_write(self, PARENT);
	cpu_write(self, CHILD);
}
