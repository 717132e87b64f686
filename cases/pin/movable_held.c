// SPDX-License-Identifier: GPL-2.0-only
/*
 * A page in ZONE_MOVABLE that somebody else holds cannot be moved, so it cannot be pinned for long:
 * ENOMEM (check_and_migrate_movable_folios() in mm/gup.c). The kernel must not try for ever, and
 * keeps nothing of what it had already. When the page is let go the same call takes the pin.
 */
#include "case.h"

CASE("pages in ZONE_MOVABLE that a pipe holds: a pin is refused, and taken later", "C0 C1 C7");
IN_ZONE_MOVABLE;
SEEN_TO_FAIL("5.10 7.3-pin-stays-movable", "C7", "*");
BROKEN_BY("pins-stay-movable", "*");
BROKEN_BY("hugetlb-movable-refused", "hugetlb-*");
VARIANTS("anon thp shmem hugetlb", "io_uring rdma");

TEST_F(scene, movable_held)
{
	int pipe = pin_by(self, &pin_vmsplice, PARENT, ALL_PAGES);

	in_movable_zone(self);
	pin_refused_with(self, ENOMEM);
	unpin_by(self, pipe);
	pin(self);
	cpu_write(self, PARENT);
	device_write(self);
}
