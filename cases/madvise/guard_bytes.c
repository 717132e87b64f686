// SPDX-License-Identifier: GPL-2.0-only
/*
 * MADV_GUARD_INSTALL of a hundred bytes: the whole page is a guard page, and a pin keeps
 * what was there.
 */
#include "case.h"

CASE("MADV_GUARD_INSTALL of some bytes: the whole page is a guard page", "C1 C5");
SEEN_TO_FAIL("7.3-advice-rounds-down", "C5", "*");
VARIANTS("anon thp", "none io_uring");

TEST_F(scene, guard_bytes)
{
	pin(self);
	guard_bytes(self, 1);
	cpu_write_pages(self, PARENT, PAGE(0));
	fork_child(self);
	guard_refuses(self, CHILD, 1);
	device_write(self);
}
