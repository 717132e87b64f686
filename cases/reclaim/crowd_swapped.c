// SPDX-License-Identifier: GPL-2.0-only
/*
 * A slot of swap has few bits for the number of page tables that it is in: what is more is counted
 * elsewhere, in memory that is got when fork() needs it (swap_extend_table_alloc() in 7.3,
 * add_swap_count_continuation() in 6.12). With the last of them, and not before, the slot is free.
 */
#include "case.h"

CASE("swap out, fork 70 times, write and read by some: the slot is theirs to the last", "C0 C2 C8");
SEEN_TO_FAIL("7.3-swap-count-capped", "C8", "*");
VARIANTS("ANON", "none");

TEST_F(scene, crowd_swapped)
{
	pageout(self, true);
	crowd_forms(self, 70);
	fork_child(self);
	cpu_write_pages(self, PARENT, PAGE(0));
	crowd_goes(self);
	freed_is_used(self);
	cpu_read(self, CHILD);
	cpu_read(self, PARENT);
	pageout(self, false);
	cpu_write(self, CHILD);
}
