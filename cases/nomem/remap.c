// SPDX-License-Identifier: GPL-2.0-only
/*
 * mremap() needs a mapping and page tables at the new place. If it cannot have them what it has moved
 * goes back: nothing is lost, and what is pinned is still what the process has.
 */
#include "case.h"

CASE("each allocation of mremap() fails in turn: all stays where it was, or moves", "C0 C1 C7 C8");
SEEN_TO_FAIL("7.3-faults-remap-fails-with-loss", "C0", "anon-* swapped-*");
NOT_SEEN_TO_FAIL("it is moved at once, or comes back from the file", "thp-* thp_pte-* shmem-*");
VARIANTS("anon shmem thp thp_pte swapped", "none");
VARIANTS("anon thp", "io_uring");

TEST_F(scene, remap)
{
	pin(self);
	while (failure_round(self)) {
		failing(self, &act_remap_once);
		cpu_write(self, PARENT);
		device_write(self);
	}
}
