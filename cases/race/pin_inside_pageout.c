// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reclaim has the lock of the page table and has not cleared the entry yet. A pin that takes no lock
 * is taken then: reclaim finds it when the entry is cleared, and gives up. One that needs the lock
 * waits, and brings the page back.
 */
#include "case.h"

CASE("pin a page whose entry reclaim has locked: pin and page table still agree", "C1 C7");
SEEN_TO_FAIL("6.12-hides-page-pins 7.3-hides-page-pins 7.3-reclaim-takes-pinned", "C1", "*");
VARIANTS("anon", "io_uring");
HELD_FROM_OUTSIDE;

TEST_F(scene, pin_inside_pageout)
{
	/* Before 6c287605fd56 reclaim unmaps what is pinned: of other pages it is luck. */
	feature_needed(self, F_UNSHARE);
	pin(self);
	unpin(self);
	while (race_round(self)) {
		race(self, &act_pageout,
		     INSIDE_LOCK(WITHIN(RETURN("page_vma_mapped_walk"), "try_to_unmap_one")),
		     &act_pin);
		cpu_write(self, PARENT);
		device_write(self);
		unpin(self);
	}
}
