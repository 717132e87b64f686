// SPDX-License-Identifier: GPL-2.0-only
/*
 * As reclaim/wp_swapped and ledger/sd_pageout, but it is a memory cgroup at its limit that takes the
 * pages, from a parent and a child at once: marks and soft-dirty bits stay.
 */
#include "case.h"

CASE("write-protect, fork, press against the limit of the memory cgroup: marks and bits stay",
     "C2 C3 C4 C9");
SEEN_TO_FAIL("7.3-swap-stays-charged", "C8", "*");
SEEN_TO_FAIL("7.3-swap-forgets-wp", "C4", "*");
VARIANTS("anon_memcg thp_memcg", "none");

TEST_F(scene, memcg_wp)
{
	wp(self);
	ledger_open(self, SOFT_DIRTY);
	ledger_clear(self);
	write_under_wp(self, 1, UNPROTECT);
	fork_child(self);
	memcg_press(self, true);
	marks_stay(self);
	cpu_write(self, CHILD);
	write_under_wp(self, 0, UNPROTECT);
	unwp(self);
	memcg_press(self, true);
	cpu_read(self, PARENT);
	cpu_write(self, PARENT);
}
