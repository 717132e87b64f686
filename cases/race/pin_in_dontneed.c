// SPDX-License-Identifier: GPL-2.0-only
/*
 * MADV_DONTNEED has unmapped pages, and has not freed them yet. A pin is taken then: of new
 * pages, which the process has from then on.
 */
#include "case.h"

CASE("pin pages that are just given up: the pin is of the new ones", "C1 C7");
SEEN_TO_FAIL("7.3-dontneed-drops-twice", "C1", "anon-* shmem_private-*");
SEEN_TO_FAIL("7.3-windows-dontneed-drops-twice", "C1", "thp-*");
VARIANTS("anon thp shmem_private", "io_uring");

TEST_F(scene, pin_in_dontneed)
{
	pin(self);
	unpin(self);
	while (race_round(self)) {
		race(self, &act_dontneed, GIVEN_UP(3), &act_pin);
		cpu_write(self, PARENT);
		device_write(self);
		unpin(self);
	}
}
