// SPDX-License-Identifier: GPL-2.0-only
/*
 * The slot of swap is in as many page tables as it can count, and fork() needs memory to count one more
 * (swap_extend_table_alloc()): at once, and if that is not to be had without the locks. 7.3 can count
 * fourteen; others need nothing then.
 */
#include "case.h"

CASE("fork of what is in swap many times: each allocation fails in turn, nothing is lost",
     "C0 C2 C8");
NOT_SEEN_TO_FAIL("no kernel was made yet that counts wrongly when it fails", "*");
VARIANTS("anon thp_pte", "none");

TEST_F(scene, many_swapped)
{
	pageout(self, true);
	fork_many(self, 13);
	while (failure_round(self))
		if (failing(self, &act_fork))
			child_exit(self);
	many_look(self);
	cpu_write(self, PARENT);
}
