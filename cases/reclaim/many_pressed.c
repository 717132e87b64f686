// SPDX-License-Identifier: GPL-2.0-only
/*
 * As fork/many_swapped, but the pages are swapped out of so many processes one after the other, and what
 * the count needs is to be had at once, with a page table locked.
 */
#include "case.h"

CASE("70 children, press against the limit of the cgroup: each sees what it inherited", "C0 C2 C8");
SEEN_TO_FAIL("7.3-swap-count-saturates", "C8", "*");
VARIANTS("anon_memcg thp_memcg", "none");

TEST_F(scene, many_pressed)
{
	fork_many(self, 70);
	memcg_press(self, true);
	cpu_write_pages(self, PARENT, PAGE(0));
	many_look(self);
	cpu_write(self, PARENT);
}
