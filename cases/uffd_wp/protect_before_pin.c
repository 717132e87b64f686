// SPDX-License-Identifier: GPL-2.0-only
/*
 * Memory is protected and unprotected before it is pinned. The pin must get the page that
 * the process maps from then on, whatever was there before.
 */
#include "case.h"

CASE("write-protect and unprotect, then pin: the pin gets the page that is mapped", "C1 C7");
SEEN_TO_FAIL("7.3-pin-skips-cow", "C1", "shmem_private-*");
SEEN_TO_FAIL("7.3-pin-skips-cow", "C7", "zero-*");
VARIANTS("shmem_private zero", "io_uring");

TEST_F(scene, protect_before_pin)
{
	wp(self);
	unwp(self);
	pin(self);
	cpu_write(self, PARENT);
	device_write(self);
}
