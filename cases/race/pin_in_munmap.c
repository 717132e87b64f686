// SPDX-License-Identifier: GPL-2.0-only
/*
 * mmap() over memory has unmapped its pages, and has not freed them yet. A pin is taken then: of
 * the new ones.
 */
#include "case.h"

CASE("pin memory that is just mapped over: the pin is of the new pages", "C1 C7");
SEEN_TO_FAIL("7.3-mmap-drops-unlocked", "C1", "*");
VARIANTS("anon", "io_uring");

TEST_F(scene, pin_in_munmap)
{
	pin(self);
	unpin(self);
	while (race_round(self)) {
		race(self, &act_map_over, GIVEN_UP(3), &act_pin);
		cpu_write(self, PARENT);
		device_write(self);
		unpin(self);
	}
}
