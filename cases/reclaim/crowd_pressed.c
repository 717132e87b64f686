// SPDX-License-Identifier: GPL-2.0-only
/*
 * As reclaim/crowd_swapped, but the pages are swapped out of so many processes one after the other, and
 * what the count needs is to be had at once, with a page table locked.
 */
#include "case.h"

CASE("fork 70 times, press against the limit of the cgroup: nobody loses what is in swap",
     "C0 C2 C8");
SEEN_TO_FAIL("7.3-swap-count-capped", "C8", "*");
VARIANTS("anon_memcg thp_memcg", "none");

TEST_F(scene, crowd_pressed)
{
	crowd_forms(self, 70);
	fork_child(self);
	memcg_press(self, true);
	crowd_goes(self);
	freed_is_used(self);
	cpu_read(self, CHILD);
	cpu_write(self, PARENT);
	cpu_write(self, CHILD);
}
