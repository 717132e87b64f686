// SPDX-License-Identifier: GPL-2.0-only
/*
 * NUMA balancing takes access away by the same entries as read-and-write protect does. Only the
 * uffd bit tells them apart: in memory that is registered, but not protected, nobody is notified.
 */
#include "case.h"

CASE("register for read-and-write protect, NUMA hinting: no notification without protection", "C3");
NOT_SEEN_TO_FAIL(
	"no kernel is to be had; the mutant that does not look at the uffd bit notifies of hinting faults, and nobody answers",
	"*");
VARIANTS("anon thp thp_pte shmem", "none");

TEST_F(scene, numa_hint)
{
	migrate(self);
	uffd_open(self, FOR_RWP);
	numa_hint(self);
	cpu_write(self, PARENT);
}
