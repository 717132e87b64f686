// SPDX-License-Identifier: GPL-2.0-only
/*
 * A process forks while its memory is in swap: parent and child have the same swap entry, and the first one
 * of them that reads leaves the page in the swap cache for the other. Neither has it for itself.
 */
#include "case.h"

CASE("fork() of what is in swap, and both read it back from the swap cache: each has its own",
     "C2");
SWAP_AS_ON_A_DISK;
SEEN_TO_FAIL("7.3-fork-keeps-swap-exclusive", "C8", "*");
VARIANTS("anon thp_pte", "none");

TEST_F(scene, fork_swapped)
{
	only_in_swap(self);
	fork_child(self);
	cpu_read(self, PARENT);
	in_swap_cache(self);
	cpu_write(self, PARENT);
	cpu_read(self, CHILD);
	cpu_write(self, CHILD);
	cpu_read(self, PARENT);
}
