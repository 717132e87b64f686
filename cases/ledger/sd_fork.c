// SPDX-License-Identifier: GPL-2.0-only
/*
 * fork() makes everything read-only and shares it; the parent's bits stay, the child
 * has the same, also in what was copied early for a pin, and each then goes its
 * own way.							(C2, C9)
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
