// SPDX-License-Identifier: GPL-2.0-only
/*
 * What fork() allocates, page tables, mappings, copies of what is pinned, may not be had, and it fails
 * half-way. It says so, and then parent and pin are as they were: pages that were to be shared are the
 * parent's again, or at least are copied on write.
 */
#include "case.h"

CASE("each allocation of fork() fails in turn: refused, and nothing changes", "C0 C1 C2 C7 C8");
SEEN_TO_FAIL("7.3-faults-failed-fork-shares", "C1", "anon-io_uring");
NOT_SEEN_TO_FAIL("no kernel was made yet that shares otherwise when it fails",
		 "*-none hugetlb-io_uring");
VARIANTS("BRIEF shmem_private swapped", "none");
VARIANTS("anon hugetlb", "io_uring");

TEST_F(scene, fork)
{
	pin(self);
	while (failure_round(self))
		if (failing(self, &act_fork)) {
			cpu_write(self, CHILD);
			child_exit(self);
		}
	cpu_write(self, PARENT);
	device_write(self);
}
