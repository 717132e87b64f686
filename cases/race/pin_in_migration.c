// SPDX-License-Identifier: GPL-2.0-only
/*
 * move_pages() has taken a page from its list, and is about to unmap it. A pin is taken then.
 * Either it keeps the page where it is, or it waits and gets the page's new place.
 */
#include "case.h"

CASE("pin a page that is about to be migrated: pin and page table still agree", "C1 C7");
SEEN_TO_FAIL("7.3-migrates-pinned", "C1", "anon-io_uring");
SEEN_TO_FAIL("7.3-windows-migrates-pinned", "C1", "thp-io_uring hugetlb-io_uring");
VARIANTS("anon thp hugetlb", "io_uring");

TEST_F(scene, pin_in_migration)
{
	pin(self);
	unpin(self);
	while (race_round(self)) {
		race(self, &act_migrate, NTH(2, WRITES(0, FLAGS)), &act_pin);
		cpu_write(self, PARENT);
		device_write(self);
		unpin(self);
	}
}
