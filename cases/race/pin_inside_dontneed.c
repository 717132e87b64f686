// SPDX-License-Identifier: GPL-2.0-only
/*
 * MADV_DONTNEED has cleared the entry of the last page, and stands inside the lock of the page
 * table; other processors may still have the entry in their TLB. A pin of that page is taken
 * then: without a lock it finds nothing, so it waits for the lock, and is of a new page, which the
 * process has from then on.
 */
#include "case.h"

CASE("pin a page whose entry is just cleared: the pin is of the new one", "C1 C7");
SEEN_TO_FAIL("7.3-dontneed-clears-late", "C1", "*");
VARIANTS("anon shmem_private", "io_uring");
HELD_FROM_OUTSIDE;

TEST_F(scene, pin_inside_dontneed)
{
	const unsigned int last = self->npages - 1;

	pin_pages(self, PAGE(last));
	unpin(self);
	while (race_round(self)) {
		race(self, &act_dontneed, INSIDE_LOCK(WRITES(last, MAPCOUNT)), &act_pin);
		cpu_write(self, PARENT);
		device_write(self);
		unpin(self);
	}
}
