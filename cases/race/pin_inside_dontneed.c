// SPDX-License-Identifier: GPL-2.0-only
/*
 * MADV_DONTNEED has cleared the entry of the last page, and stands inside the lock of the page
 * table; other processors may still have the entry in their TLB. A pin is taken then: it waits for
 * the lock, and is of new pages, which the process has from then on.
 */
#include "case.h"

CASE("pin pages whose entries are just cleared: the pin is of the new ones", "C1 C7");
NOT_SEEN_TO_FAIL("kernels that are wrong on purpose have one processor", "*");
VARIANTS("anon shmem_private", "io_uring");
HELD_FROM_OUTSIDE;

TEST_F(scene, pin_inside_dontneed)
{
	pin(self);
	unpin(self);
	while (race_round(self)) {
		race(self, &act_dontneed, INSIDE_LOCK(WRITES(3, MAPCOUNT)), &act_pin);
		cpu_write(self, PARENT);
		device_write(self);
		unpin(self);
	}
}
