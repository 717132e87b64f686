// SPDX-License-Identifier: GPL-2.0-only
/*
 * fork() copies pinned pages one by one, and has copied the first. Another thread writes to all
 * of them, and nothing stops it: what is pinned stays writable. So what the child has of the
 * first page is older than what it has of the last, a state that the memory never was in.
 * Whether fork() must be atomic for such pages is open (2025). What must hold is that the child
 * has of each page what was there while fork() ran, and that it does not change afterwards.
 */
#include "case.h"

OBSERVATION("a thread writes to pinned memory while the process forks: how often it is torn", "C2");
OBSERVES("torn", "in how many of 3 children pinned pages were copied at different times");
SEEN_TO_FAIL("7.3-windows-early-copy-is-empty", "C0", "*");
VARIANTS("anon", "io_uring");

TEST_F(scene, tearing)
{
	pin(self);
	while (race_round(self)) {
		race(self, &act_fork_pinned, NTH(2, AT("__mem_cgroup_charge", "mem_cgroup_charge")),
		     &act_store_torn);
		cpu_write(self, PARENT);
		device_write(self);
		child_exit(self);
	}
}
