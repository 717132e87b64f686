// SPDX-License-Identifier: GPL-2.0-only
/*
 * move_pages() has the lock of the page table and has not cleared the entry yet. A pin that takes
 * no lock is taken then: migration finds it when the entry is cleared, and gives up. One that needs
 * the lock waits, and gets the page's new place.
 */
#include "case.h"

CASE("pin a page whose entry migration has locked: pin and page table still agree", "C1 C7");
SEEN_TO_FAIL("6.12-hides-page-pins 7.3-hides-page-pins 7.3-migrates-pinned", "C1", "*");
VARIANTS("anon", "io_uring");
HELD_FROM_OUTSIDE;

TEST_F(scene, pin_inside_migration)
{
	pin(self);
	unpin(self);
	while (race_round(self)) {
		race(self, &act_migrate,
		     INSIDE_LOCK(WITHIN(RETURN("page_vma_mapped_walk"), "try_to_migrate_one",
					"try_to_unmap_one")),
		     &act_pin);
		cpu_write(self, PARENT);
		device_write(self);
		unpin(self);
	}
}
